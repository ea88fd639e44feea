-- All that is ignored, by text whatever the database's language.
SELECT network FROM ignored_networks ORDER BY network COLLATE "C"
