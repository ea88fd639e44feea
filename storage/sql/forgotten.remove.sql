-- Removes whose events no log has any more.
DELETE FROM forgotten WHERE until < %(before)s
