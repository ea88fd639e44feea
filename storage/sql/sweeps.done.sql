-- Notes that a deleted site was swept once more; of its settings nothing is kept either.
UPDATE sites
SET swept = %(swept)s, name = '', content_groups = '[]', excluded_ips = '{}', allowed_hosts = '{}',
    excluded_paths = '{}', excluded_countries = '{}', uptime_url = '', content_url = ''
WHERE id = %(site)s AND deleted_at IS NOT NULL
