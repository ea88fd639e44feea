-- How far has this partition been applied? Waits for a commit of its last owner that is under way.
SELECT next, greatest_ts, applied_to, epoch FROM positions WHERE log = %(log)s AND partition = %(partition)s FOR UPDATE
