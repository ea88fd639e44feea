-- Whether a site has insights of a day.
SELECT EXISTS (SELECT FROM insights WHERE site = %(site)s AND insights_for_date = %(day)s)
