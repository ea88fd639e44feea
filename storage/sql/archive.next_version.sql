-- A version that no file of the archive ever had.
SELECT nextval('archive_versions')
