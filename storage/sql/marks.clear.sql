-- Takes marks away that still are as they were read. One that a batch is just raising stays, and nobody waits for it.
WITH unchanged AS (
    SELECT marks.site, marks.hour, marks.partition
    FROM marks
    JOIN unnest(%(hours)s::timestamptz[], %(partitions)s::integer[], %(versions)s::bigint[])
        AS was_read (hour, partition, version) USING (hour, partition, version)
    WHERE marks.site = %(site)s
    FOR UPDATE OF marks SKIP LOCKED
)
DELETE FROM marks USING unchanged
WHERE marks.site = unchanged.site AND marks.hour = unchanged.hour AND marks.partition = unchanged.partition
