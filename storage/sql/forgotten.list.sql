-- Who was forgotten, and up to when what is theirs is dropped, in ms since 1970 UTC.
SELECT site, visitor, (extract(epoch FROM max(until)) * 1000)::bigint FROM forgotten GROUP BY site, visitor
