-- Waits for the transactions that use the secret; later ones wait for the end of this one.
LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE
