-- Gives a live account another time zone.
UPDATE accounts SET time_zone = %(zone)s WHERE lower(name) = lower(%(name)s) AND deleted_at IS NULL
RETURNING id, name, (extract(epoch FROM created_at) * 1000)::bigint AS created_at, time_zone
