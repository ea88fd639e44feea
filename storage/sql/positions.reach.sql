-- Notes that these partitions, if they still stand where the log ended at `at`, have been applied up to then. A row that
-- its owner is just moving is passed over, so nobody waits for anybody.
WITH quiet AS (
    SELECT positions.log, positions.partition
    FROM positions
    JOIN unnest(%(partitions)s::integer[], %(ends)s::bigint[]) AS log_end (partition, next) USING (partition, next)
    WHERE positions.log = %(log)s AND positions.applied_to < %(at)s
    FOR UPDATE OF positions SKIP LOCKED
)
UPDATE positions SET applied_to = %(at)s FROM quiet
WHERE positions.log = quiet.log AND positions.partition = quiet.partition
