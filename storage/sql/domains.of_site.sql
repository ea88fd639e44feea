-- When the registration of a site's domain ends, and what its owner was told of it. What is known of a domain that it
-- has no more counts for nothing.
SELECT
    checks.site,
    checks.domain,
    (extract(epoch FROM checks.tested_at) * 1000)::bigint,
    (extract(epoch FROM checks.expires_at) * 1000)::bigint,
    checks.source,
    checks.error,
    checks.warned_level,
    (extract(epoch FROM checks.warned_at) * 1000)::bigint
FROM domain_checks AS checks
JOIN sites ON sites.id = checks.site AND sites.domain = checks.domain
WHERE checks.site = %(site)s
