-- Bounds the transaction's statements, and keeps the server from compiling what runs for milliseconds.
SELECT set_config('statement_timeout', %(seconds)s || 's', true), set_config('jit', 'off', true)
