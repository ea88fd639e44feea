-- Deletes the salts of all days before this one; from then on nobody can say whose their hashes were.
DELETE FROM salts WHERE day < %(first)s
