-- Every marked hour of every living site, with the newest version of its marks.
SELECT marks.site, marks.hour, max(marks.version)
FROM marks
JOIN sites ON sites.id = marks.site AND sites.deleted_at IS NULL
GROUP BY marks.site, marks.hour
