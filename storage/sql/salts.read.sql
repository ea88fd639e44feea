-- The salts of these days, as far as there are any.
SELECT day, salt FROM salts WHERE day = ANY(%(days)s)
