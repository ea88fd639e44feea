-- How many kudos some sites have.
SELECT site, count(*) FROM kudos WHERE site = ANY(%(sites)s) GROUP BY site
