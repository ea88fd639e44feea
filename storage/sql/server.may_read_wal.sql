-- Whether we may see the files of the write-ahead log and how far replicas are.
SELECT
    has_function_privilege('pg_ls_waldir()', 'EXECUTE')
    AND pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
    AND NOT pg_is_in_recovery()
