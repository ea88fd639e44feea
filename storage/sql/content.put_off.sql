-- Notes why nothing can be checked now, and when it is tried again if no run is under way.
UPDATE content_monitors SET problem = %(problem)s, due_at = coalesce(%(until)s, due_at) WHERE site = %(site)s
