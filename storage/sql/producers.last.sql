-- Which sequence of each of these producers was applied last?
SELECT producer, last FROM producers WHERE log = %(log)s AND partition = %(partition)s AND producer = ANY(%(producers)s)
