-- Says that files were verified and are final, if they are current still and no hour of their time is marked.
UPDATE archive_files SET final = true, verified_at = %(at)s
WHERE site = %(site)s AND begins = %(begins)s AND version = ANY (%(versions)s::bigint[]) AND replaced_at IS NULL
    AND NOT EXISTS (
        SELECT FROM marks WHERE marks.site = %(site)s AND marks.hour >= %(begin)s AND marks.hour < %(end)s
    )
