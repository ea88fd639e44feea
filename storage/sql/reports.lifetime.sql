-- What people ever saw of each of some sites: views, and of these each visitor's first of a page on a UTC day. Months are
-- read that no mark spoils, then days, then hours; of marked hours events are counted. Marked hours of days that are in
-- files only are not counted: they are told.
WITH asked AS MATERIALIZED (
    SELECT DISTINCT given.site FROM unnest(%(sites)s::integer[]) AS given (site)
),
marked AS MATERIALIZED (
    SELECT DISTINCT
        marks.site,
        marks.hour,
        date_trunc('day', marks.hour, 'UTC') AS day,
        date_trunc('month', marks.hour, 'UTC') AS month,
        archive_retention.rows_from IS NOT NULL AND archive_thawed.day IS NULL AS in_files
    FROM asked
    JOIN marks ON marks.site = asked.site
    LEFT JOIN archive_retention ON marks.hour < archive_retention.rows_from::timestamp AT TIME ZONE 'UTC'
    LEFT JOIN archive_thawed
        ON archive_thawed.site = marks.site AND archive_thawed.day = (marks.hour AT TIME ZONE 'UTC')::date
),
months AS MATERIALIZED (
    SELECT roll_months.site, known.begins, known.until
    FROM asked
    JOIN roll_months ON roll_months.site = asked.site
    CROSS JOIN LATERAL (
        SELECT
            roll_months.month::timestamp AT TIME ZONE 'UTC',
            (roll_months.through + 1)::timestamp AT TIME ZONE 'UTC'
    ) AS known (begins, until)
    WHERE NOT EXISTS (
        SELECT
        FROM marked
        WHERE marked.site = roll_months.site AND marked.month = known.begins AND marked.day < known.until
    )
),
others AS MATERIALIZED (
    -- The days of each month that are in no month row.
    SELECT asked.site, coalesce(months.until, every.begins) AS begins, every.ends
    FROM asked
    CROSS JOIN LATERAL (
        SELECT min(span) AT TIME ZONE 'UTC' AS first, max(span) AT TIME ZONE 'UTC' AS last
        FROM roll_site
        WHERE roll_site.site = asked.site AND roll_site.grain = %(day)s
    ) AS known
    CROSS JOIN LATERAL (
        SELECT month AT TIME ZONE 'UTC', (month + INTERVAL '1 month') AT TIME ZONE 'UTC'
        FROM generate_series(date_trunc('month', known.first), known.last, INTERVAL '1 month') AS month
    ) AS every (begins, ends)
    LEFT JOIN months ON months.site = asked.site AND months.begins = every.begins
    WHERE months.until IS NULL OR months.until < every.ends
)
SELECT
    part.site,
    sum(part.views)::bigint,
    sum(part.unique_views)::bigint,
    array_agg(part.untold ORDER BY part.untold) FILTER (WHERE part.untold IS NOT NULL)
FROM (
    SELECT piece.site, roll.views, roll.views_d1 AS unique_views, NULL::timestamptz AS untold
    FROM (
        SELECT site, begins, until, %(month)s::smallint FROM months
        UNION ALL
        SELECT site, begins, ends, %(day)s::smallint FROM others
        UNION ALL
        SELECT DISTINCT site, day, day + INTERVAL '24 hours', %(hour)s::smallint FROM marked
    ) AS piece (site, begins, ends, grain)
    CROSS JOIN LATERAL (
        SELECT span, views, views_d1
        FROM roll_site
        WHERE roll_site.site = piece.site AND roll_site.grain = piece.grain
            AND roll_site.span >= piece.begins AND roll_site.span < piece.ends AND roll_site.class = 0
        -- Each piece is looked up by itself: joined, all days of all sites might be read.
        OFFSET 0
    ) AS roll
    WHERE NOT EXISTS (
        SELECT
        FROM marked
        WHERE marked.site = piece.site
            AND (piece.grain, roll.span) IN ((%(day)s::smallint, marked.day), (%(hour)s::smallint, marked.hour))
    )
    UNION ALL
    SELECT marked.site, seen.views, seen.unique_views, NULL
    FROM marked
    CROSS JOIN LATERAL (
        SELECT count(*), count(*) FILTER (WHERE events.d1)
        FROM events
        WHERE events.site = marked.site AND events.ts >= marked.hour
            AND events.ts < marked.hour + INTERVAL '1 hour' AND events.class = 0 AND events.type = 'page_view'
    ) AS seen (views, unique_views)
    WHERE NOT marked.in_files
    UNION ALL
    SELECT site, 0, 0, hour
    FROM marked
    WHERE in_files
) AS part
GROUP BY part.site
