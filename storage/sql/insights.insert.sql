-- Keeps the insights of a site and a day; no row where there are some already.
INSERT INTO insights (site, insights_for_date, generated_at, document)
VALUES (%(site)s, %(day)s, %(generated_at)s, %(document)s)
ON CONFLICT (site, insights_for_date) DO NOTHING
RETURNING id
