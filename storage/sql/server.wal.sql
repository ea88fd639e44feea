-- Bytes of the write-ahead log, and by how many the slowest replica is behind.
SELECT
    (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir())::bigint,
    (
        SELECT greatest(coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0), 0)
        FROM pg_stat_replication
    )::bigint
