-- Forgets who was the same person over midnights of long ago. What the log may still hold of the hours around a midnight
-- needs its links, so a link waits for every partition, but no longer than any log keeps a message.
DELETE FROM midnight_links
WHERE day <= %(needless)s::date
    AND (
        day <= %(hopeless)s::date
        OR NOT EXISTS (SELECT FROM positions WHERE applied_to < midnight_links.day::timestamptz + INTERVAL '24 hours')
    )
