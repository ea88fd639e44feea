-- Those of some files, by site and version, that the manifest has.
SELECT site, version FROM archive_files
JOIN unnest(%(sites)s::integer[], %(versions)s::bigint[]) AS given (site, version) USING (site, version)
