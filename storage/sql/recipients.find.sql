-- A site's recipient.
SELECT {columns} FROM recipients WHERE site = %(site)s AND id = %(id)s
