-- Which of these visitors are one person with somebody of the day before or after, because a stored session of theirs
-- lasts over that midnight? Such a session has an event in the half hour after it.
SELECT e.site, e.class, e.visitor, s.visitor AS prev, e.ts::date AS day
FROM events e
JOIN sessions s ON s.site = e.site AND s.session_id = e.session_id AND s.class = e.class
WHERE e.visitor = ANY(%(visitors)s)
    AND e.ts >= %(begin)s AND e.ts < %(end)s AND e.ts < e.ts::date + INTERVAL '30 minutes'
    AND s.start >= e.ts::date - INTERVAL '12 hours' AND s.start < e.ts::date
    AND s.start >= %(begin)s::timestamptz - INTERVAL '12 hours' AND s.start < %(end)s
UNION
SELECT e.site, e.class, e.visitor, s.visitor, e.ts::date
FROM sessions s
JOIN events e ON e.site = s.site AND e.session_id = s.session_id AND e.class = s.class
WHERE s.site = ANY(%(sites)s) AND s.visitor = ANY(%(visitors)s)
    AND s.start >= %(begin)s AND s.start < %(end)s AND s.last >= s.start::date + INTERVAL '1 day'
    AND e.ts >= s.start::date + INTERVAL '1 day' AND e.ts < s.start::date + INTERVAL '1 day 30 minutes'
    AND e.ts >= %(begin)s AND e.ts < %(end)s::timestamptz + INTERVAL '30 minutes'
