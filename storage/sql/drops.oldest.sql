-- The first day on which anything of a site was dropped.
SELECT min(day) FROM drops WHERE site = %(site)s
