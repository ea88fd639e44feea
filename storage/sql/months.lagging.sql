-- Months of living sites with days that have ended and that the month rows do not contain.
SELECT days.site, days.month
FROM (
    SELECT DISTINCT site, date_trunc('month', span, 'UTC') AS month
    FROM roll_site
    WHERE grain = 1 AND span < %(today)s
) AS days
JOIN sites ON sites.id = days.site AND sites.deleted_at IS NULL
LEFT JOIN roll_months
    ON roll_months.site = days.site AND roll_months.month = (days.month AT TIME ZONE 'UTC')::date
WHERE roll_months.through IS NULL
    OR roll_months.through < (
        least(days.month AT TIME ZONE 'UTC' + INTERVAL '1 month', %(today)s AT TIME ZONE 'UTC') - INTERVAL '1 day'
    )::date
ORDER BY days.site, days.month
