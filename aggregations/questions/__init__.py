"""Questions about chosen visits: pure functions from frames of events and sessions to answers."""
