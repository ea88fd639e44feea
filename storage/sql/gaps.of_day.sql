-- What the rollups of a site's day miss: only the visitors around the zone's midnight, or more.
SELECT only_zone FROM rollup_gaps WHERE site = %(site)s AND day = %(day)s
