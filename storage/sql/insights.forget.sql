-- Removes the insights of a site that are of days before one.
DELETE FROM insights WHERE site = %(site)s AND insights_for_date < %(day)s
