-- The import of this file into this site; without a salt it is done.
SELECT id, salt FROM import_jobs WHERE site = %(site)s AND file_hash = %(file_hash)s
