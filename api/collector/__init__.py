"""Taking events in: what every dialect's collector shares."""
