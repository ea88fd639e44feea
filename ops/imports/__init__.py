"""History from a file: each line takes an event's usual way, at its own time, and each day is counted at once."""
