-- All events of these visitors on these days, by the index on visitor; the bounds leave out all other days' chunks.
SELECT ts, event_id, visitor, site, class, type, name, path, query, referrer, referrer_host, channel,
    utm_source, utm_medium, utm_campaign, utm_content, utm_term, hostname, country, region, city,
    browser, browser_version, os, os_version, device, screen, status, engaged_ms, ip,
    session_id, new::int + 2 * s1::int + 4 * d1::int
FROM events
WHERE visitor = ANY(%(visitors)s) AND ts >= %(begin)s AND ts < %(end)s
