-- Writes the properties of the few events that have some.
COPY event_properties (ts, event_id, visitor, site, properties) FROM STDIN (FORMAT binary)
