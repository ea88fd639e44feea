-- Begin the import of a file into a site, unless it was begun before.
INSERT INTO import_jobs (site, file_hash, salt) VALUES (%(site)s, %(file_hash)s, %(salt)s)
ON CONFLICT (site, file_hash) DO NOTHING
