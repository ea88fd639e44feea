-- Whether there is a live account with this id.
SELECT EXISTS (SELECT FROM accounts WHERE id = %(id)s AND deleted_at IS NULL)
