-- Removes the sessions of visitors; gives the hour in which each began.
DELETE FROM sessions USING unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
WHERE sessions.visitor = given.visitor AND sessions.site = given.site AND sessions.start >= %(begin)s
RETURNING sessions.site, date_trunc('hour', sessions.start, 'UTC')
