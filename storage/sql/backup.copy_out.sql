-- Rows as text, as COPY writes it.
COPY (
{rows}
) TO STDOUT
