-- Notes that a deleted site was swept once more; of its settings nothing is kept either.
UPDATE sites SET swept = %(swept)s, name = '', content_groups = '[]', excluded_ips = '{}'
WHERE id = %(site)s AND deleted_at IS NOT NULL
