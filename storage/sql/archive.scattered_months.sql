-- Months of living sites that ended before an instant, have files of days, only final ones, and no day without a file.
SELECT days.site, days.month, (days.month + INTERVAL '1 month')::date
FROM (
    SELECT site, date_trunc('month', begins)::date AS month
    FROM archive_files
    WHERE replaced_at IS NULL
    GROUP BY site, date_trunc('month', begins)
    HAVING bool_and(final) AND bool_or(ends - begins = 1)
) AS days
JOIN sites ON sites.id = days.site AND sites.deleted_at IS NULL
    -- Days that are to go soon go one by one.
    AND coalesce(sites.file_retention_days >= 92, true)
WHERE (days.month + INTERVAL '1 month')::date <= (%(before)s AT TIME ZONE 'UTC')
ORDER BY days.month, days.site
