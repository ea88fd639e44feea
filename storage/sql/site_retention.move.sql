-- Says from which days on a site has events and sums; no row comes back if nothing moved.
INSERT INTO site_retention (site, files_from, rollups_from, moved_at)
VALUES (%(site)s, %(files_from)s, %(rollups_from)s, %(at)s)
ON CONFLICT (site) DO UPDATE
SET files_from = greatest(site_retention.files_from, excluded.files_from),
    rollups_from = greatest(site_retention.rollups_from, excluded.rollups_from),
    moved_at = excluded.moved_at
WHERE site_retention.files_from < excluded.files_from OR site_retention.rollups_from < excluded.rollups_from
RETURNING files_from::timestamp AT TIME ZONE 'UTC', rollups_from::timestamp AT TIME ZONE 'UTC'
