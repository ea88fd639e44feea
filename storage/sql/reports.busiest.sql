-- The live sites that were seen the most since some day, by the months that are rolled up; those first.
SELECT sites.uuid
FROM sites
JOIN LATERAL (
    SELECT sum(roll_site.views) AS views
    FROM roll_site
    WHERE roll_site.site = sites.id AND roll_site.grain = 2 AND roll_site.class = 0 AND roll_site.span >= %(since)s
) AS seen ON seen.views > 0
WHERE sites.deleted_at IS NULL
ORDER BY seen.views DESC, sites.id
LIMIT %(limit)s
