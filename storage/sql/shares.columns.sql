-- What a share link is made of, in every statement that gives one.
shares.id, shares.site, shares.token_hash, shares.name, shares.may_filter,
(extract(epoch FROM shares.created_at) * 1000)::bigint AS created_at,
(extract(epoch FROM shares.expires_at) * 1000)::bigint AS expires_at,
(extract(epoch FROM shares.used_at) * 1000)::bigint AS used_at
