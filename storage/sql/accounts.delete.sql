-- Deletes a live account.
UPDATE accounts SET deleted_at = now() WHERE id = %(id)s AND deleted_at IS NULL
RETURNING id, name, (extract(epoch FROM created_at) * 1000)::bigint AS created_at, time_zone
