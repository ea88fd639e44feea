-- A new user of an account.
INSERT INTO users (account_id, role, email) VALUES (%(account_id)s, %(role)s, %(email)s)
RETURNING id
