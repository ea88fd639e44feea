-- The jobs of this database whose lock somebody holds.
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND granted AND classid = %(space)s::bigint::oid AND objsubid = 2
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
