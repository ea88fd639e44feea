-- Lets the planner know what has come.
ANALYZE
