-- The days of this file that are in, as ms since 1970 UTC.
SELECT (extract(epoch FROM day) * 1000)::bigint FROM imports WHERE site = %(site)s AND file_hash = %(file_hash)s
