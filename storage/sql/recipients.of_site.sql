-- The recipients of a site, unsubscribed ones too, the oldest first.
SELECT {columns} FROM recipients WHERE site = %(site)s ORDER BY created_at, id
