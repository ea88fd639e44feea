-- The columns of every table of the schema.
SELECT relname, array_agg(attname::text ORDER BY attnum)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p')
WHERE relnamespace = current_schema()::regnamespace AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
GROUP BY relname
