-- Whether a partition of another log than this one has not been applied up to an instant.
SELECT EXISTS (SELECT FROM positions WHERE log <> %(without)s AND applied_to < %(instant)s)
