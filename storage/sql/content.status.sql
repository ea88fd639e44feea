-- What is known of a site's content, and how far the run has come that is under way.
SELECT
    (extract(epoch FROM monitor.ran_at) * 1000)::bigint,
    (extract(epoch FROM monitor.checked_at) * 1000)::bigint,
    (extract(epoch FROM monitor.due_at) * 1000)::bigint,
    coalesce(monitor.ok_count, 0),
    coalesce(monitor.is_whole, true),
    coalesce(monitor.problem, ''),
    (
        SELECT count(*) FROM content_issues AS issue
        WHERE issue.site = asked.site AND kind = 'broken_link' AND resolved_at IS NULL AND NOT ignored
    ),
    coalesce(monitor.emails_paused, false) AND coalesce(monitor.emails_paused_until > %(now)s, true),
    (extract(epoch FROM monitor.emails_paused_until) * 1000)::bigint,
    crawl.kind,
    (extract(epoch FROM crawl.started_at) * 1000)::bigint,
    coalesce(counted.checked, 0),
    coalesce(counted.ok, 0),
    coalesce(counted.waiting, 0)
FROM (SELECT %(site)s::integer AS site) AS asked
LEFT JOIN content_monitors AS monitor USING (site)
LEFT JOIN crawls AS crawl USING (site)
LEFT JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE outcome IN ('ok', 'broken')) AS checked,
        count(*) FILTER (WHERE outcome = 'ok') AS ok,
        count(*) FILTER (WHERE outcome IS NULL) AS waiting
    FROM crawl_urls
    WHERE crawl_urls.site = crawl.site
) AS counted ON true
