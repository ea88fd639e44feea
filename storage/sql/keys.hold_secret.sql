-- Waits while the secret is changed, and keeps it from being changed until the end of the transaction.
LOCK TABLE api_keys IN ROW EXCLUSIVE MODE
