-- The partitions of a log whose sign of life is there, however old: the table forgets everything when the server crashes.
SELECT partition FROM realtime_parts WHERE log = %(log)s AND site = 0
