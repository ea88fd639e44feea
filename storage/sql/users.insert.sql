-- A new user of an account.
INSERT INTO users (account_id, role, email) VALUES (%(account_id)s, %(role)s, %(email)s)
RETURNING id, account_id, email, role, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
