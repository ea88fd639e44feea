-- What a site is made of, in every statement that gives one: each column is named as its field is.
id, uuid, account_id, domain, name, public, uid, object_id, folder_id, content_groups, excluded_ips, allowed_hosts,
excluded_paths, excluded_countries, honour_gpc, honour_dnt, keep_ips, unique_hits, uptime, uptime_url, content, content_url, insights,
time_zone, week_start,
file_retention_days, rollup_retention_days,
(SELECT files_from FROM site_retention WHERE site_retention.site = sites.id) AS files_from,
(SELECT rollups_from FROM site_retention WHERE site_retention.site = sites.id) AS rollups_from, (extract(epoch FROM created_at) * 1000)::bigint AS created_at,
(extract(epoch FROM updated_at) * 1000)::bigint AS updated_at
