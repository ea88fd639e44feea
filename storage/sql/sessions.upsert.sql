-- Makes the staged sessions the stored ones.
INSERT INTO sessions SELECT * FROM staged_sessions
ON CONFLICT (site, start, session_id) DO UPDATE SET
    visitor = excluded.visitor, last = excluded.last, engaged_ms = excluded.engaged_ms, events = excluded.events,
    views = excluded.views, actions = excluded.actions, class = excluded.class, visit = excluded.visit,
    entry_path = excluded.entry_path, exit_path = excluded.exit_path, channel = excluded.channel,
    referrer_host = excluded.referrer_host, utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
    utm_campaign = excluded.utm_campaign, utm_content = excluded.utm_content, utm_term = excluded.utm_term,
    hostname = excluded.hostname, country = excluded.country, region = excluded.region, city = excluded.city,
    browser = excluded.browser, browser_version = excluded.browser_version, os = excluded.os,
    os_version = excluded.os_version, device = excluded.device, screen = excluded.screen
