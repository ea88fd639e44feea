"""From a request to an event: a flat list of small steps."""
