-- What a job is read with.
id, kind, subject, due_at, started_at, ended_at, succeeded_at, failures, error
