-- How far has each partition of each log been applied?
SELECT log, partition, next, greatest_ts, applied_to FROM positions ORDER BY log, partition
