-- Lets a sequence go on after a value.
SELECT setval(%(sequence)s::regclass, %(value)s)
