-- How long, in ms, the statements of this transaction wait for a lock.
SELECT set_config('lock_timeout', %(ms)s, true)
