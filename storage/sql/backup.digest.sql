-- How many rows there are, and a number that any other content of any of them would change.
SELECT count(*), coalesce(sum(hashtextextended(ROW({columns})::text, 0)::numeric), 0)
FROM (
{rows}
) AS copied
