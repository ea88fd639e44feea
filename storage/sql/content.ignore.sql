-- Lets an issue be ignored, or no longer.
UPDATE content_issues
SET ignored = %(ignored)s
WHERE site = %(site)s AND id = %(id)s
RETURNING {columns}
