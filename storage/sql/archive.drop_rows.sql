-- Removes some rows of a site that are of days before the watermark and were not put back.
DELETE FROM {table}
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM {table}
    WHERE site = %(site)s AND {time} < %(rows_from)s
        AND NOT EXISTS (
            SELECT FROM archive_thawed
            WHERE archive_thawed.site = %(site)s AND archive_thawed.day = ({table}.{time} AT TIME ZONE 'UTC')::date
        )
    ORDER BY {time}
    LIMIT %(rows)s
))
