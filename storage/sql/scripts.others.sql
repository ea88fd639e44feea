-- The scripts that are kept, without those of these hashes.
SELECT digest, name, content, brotli, gzip FROM scripts WHERE digest <> ALL (%(digests)s)
