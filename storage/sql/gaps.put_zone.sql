-- Says of every day of a site that is rolled up, or is going to be, that the visitors around the zone's midnight are
-- missing.
INSERT INTO rollup_gaps (site, day, only_zone)
SELECT %(site)s, (span AT TIME ZONE 'UTC')::date, true FROM roll_site WHERE site = %(site)s AND grain = %(grain)s
    AND NOT EXISTS (
        SELECT FROM site_retention
        WHERE site = %(site)s AND (span AT TIME ZONE 'UTC')::date <= site_retention.files_from
    )
UNION
SELECT %(site)s, (hour AT TIME ZONE 'UTC')::date, true FROM marks WHERE site = %(site)s
ON CONFLICT (site, day) DO NOTHING
