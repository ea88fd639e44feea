-- Which partition has been applied the least far, and not up to this instant?
SELECT log, partition, applied_to
FROM positions
WHERE applied_to < %(instant)s
ORDER BY applied_to, log, partition
LIMIT 1
