-- Says that a file is current.
INSERT INTO archive_files (site, kind, begins, ends, version, rows, bytes, sha256, sums, final, verified_at)
VALUES (
    %(site)s, %(kind)s, %(begins)s, %(ends)s, %(version)s, %(rows)s, %(bytes)s, %(sha256)s, %(sums)s, %(final)s,
    %(verified_at)s
)
