-- Deletes a live user and returns it as it was.
UPDATE users SET deleted_at = now(), email = ''
FROM (SELECT id, email FROM users WHERE id = %(id)s AND deleted_at IS NULL FOR UPDATE) AS before
WHERE users.id = before.id
RETURNING
    users.id, users.account_id, before.email, users.role,
    (extract(epoch FROM users.created_at) * 1000)::bigint AS created_at
