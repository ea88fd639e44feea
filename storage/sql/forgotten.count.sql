-- How many events and sessions visitors have. A hash means somebody on its own site only.
SELECT
    (
        SELECT count(*) FROM events JOIN unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
            USING (site, visitor)
        WHERE events.ts >= %(begin)s
    ),
    (
        SELECT count(*) FROM sessions JOIN unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
            USING (site, visitor)
        WHERE sessions.start >= %(begin)s
    )
