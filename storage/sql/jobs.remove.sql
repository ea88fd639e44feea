-- Removes a job that is not due again, unless it was made due while it ran.
DELETE FROM jobs WHERE id = %(id)s AND due_at <= started_at
