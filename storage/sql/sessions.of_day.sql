-- What the rollups need of a site's sessions that were there between two instants, unordered. None lasts 36 hours.
COPY (
    SELECT
        (date_part('epoch', start) * 1000)::bigint, (date_part('epoch', last) * 1000)::bigint, session_id,
        class, views, actions, visit::int, entry_path, exit_path,
        channel, referrer_host, utm_source, utm_medium, utm_campaign, utm_content, utm_term, hostname,
        country, region, city, browser, browser_version, os, os_version, device, screen
    FROM sessions
    WHERE site = %(site)s AND start >= %(start)s::timestamptz - INTERVAL '36 hours' AND start < %(end)s
        AND last >= %(start)s
) TO STDOUT (FORMAT csv)
