-- The issues of a site, and those that were resolved lately, the oldest first.
SELECT {columns}
FROM content_issues
WHERE site = %(site)s
ORDER BY id
