-- What an issue is made of, in every statement that gives one.
id, kind, url, found_on, status_code, message, (extract(epoch FROM found_at) * 1000)::bigint,
(extract(epoch FROM checked_at) * 1000)::bigint, (extract(epoch FROM resolved_at) * 1000)::bigint, ignored
