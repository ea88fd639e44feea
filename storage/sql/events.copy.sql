-- Writes event rows, in the order of core.events.Event, then the session and the facts.
COPY events (ts, event_id, visitor, site, class, type, name, path, query, referrer, referrer_host, channel,
    utm_source, utm_medium, utm_campaign, utm_content, utm_term, hostname, country, region, city,
    browser, browser_version, os, os_version, device, screen, status, engaged_ms, ip,
    session_id, new, s1, d1)
FROM STDIN (FORMAT binary)
