-- Which midnight links lead to or from these visitors?
SELECT site, class, visitor, prev, day FROM midnight_links WHERE visitor = ANY(%(visitors)s) OR prev = ANY(%(visitors)s)
