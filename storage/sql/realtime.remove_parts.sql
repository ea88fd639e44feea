-- Takes away a partition's parts of some sites, or with null of all.
DELETE FROM realtime_parts
WHERE log = %(log)s AND partition = %(partition)s AND (%(sites)s::integer[] IS NULL OR site = ANY (%(sites)s::integer[]))
