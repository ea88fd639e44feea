-- Counts a request of a key unless its window is full; then, how many seconds until one would be let through. Also how
-- many are counted now, and how many seconds it takes until one of them is not any more.
INSERT INTO rate_limits AS kept (key, hits, wait)
VALUES (%(key)s, ARRAY[clock_timestamp()], NULL)
ON CONFLICT (key) DO UPDATE SET (hits, wait) = (
    -- Asked for once the row is locked, so that whoever waited for it sees the time after the wait.
    WITH now AS MATERIALIZED (SELECT clock_timestamp() AS moment),
    counted AS (
        SELECT moment, ARRAY(
            SELECT hit
            FROM unnest(kept.hits) AS hit
            WHERE hit > moment - make_interval(secs => %(seconds)s) AND hit <= moment
            ORDER BY hit
        ) AS recent
        FROM now
    )
    SELECT
        CASE WHEN cardinality(recent) < %(requests)s THEN recent || moment ELSE recent END,
        CASE
            WHEN cardinality(recent) >= %(requests)s
            THEN recent[cardinality(recent) - %(requests)s + 1] + make_interval(secs => %(seconds)s) - moment
        END
    FROM counted
)
RETURNING
    extract(epoch FROM wait),
    cardinality(hits),
    extract(epoch FROM hits[1] + make_interval(secs => %(seconds)s) - clock_timestamp())
