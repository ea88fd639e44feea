-- Days of living sites that a rollup misses, the latest first, without those to be left out.
SELECT rollup_gaps.site, rollup_gaps.day::timestamp AT TIME ZONE 'UTC'
FROM rollup_gaps
JOIN sites ON sites.id = rollup_gaps.site AND sites.deleted_at IS NULL
WHERE NOT EXISTS (
    SELECT FROM site_retention
    WHERE site_retention.site = rollup_gaps.site AND rollup_gaps.day <= site_retention.files_from
) AND NOT EXISTS (
    SELECT FROM unnest(%(sites)s::integer[], %(days)s::date[]) AS without (site, day)
    WHERE without.site = rollup_gaps.site AND without.day = rollup_gaps.day
)
ORDER BY rollup_gaps.day DESC, rollup_gaps.site
LIMIT %(limit)s
