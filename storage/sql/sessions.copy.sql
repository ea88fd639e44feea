-- Writes sessions to the staging table, in the order of core.sessions.Session.
COPY staged_sessions (site, class, session_id, visitor, start, last, events, views, actions, visit, entry_path, exit_path,
    channel, referrer_host, utm_source, utm_medium, utm_campaign, utm_content, utm_term, hostname, country, region, city,
    browser, browser_version, os, os_version, device, screen, engaged_ms)
FROM STDIN (FORMAT binary)
