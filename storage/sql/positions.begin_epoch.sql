-- Lets whoever applies a partition forget what it has in memory, and waits for the batches that are under way. The rows
-- are locked in one order, so two that do so wait for one another.
UPDATE positions SET epoch = epoch + 1
FROM (SELECT log, partition FROM positions ORDER BY log, partition FOR UPDATE) AS held
WHERE positions.log = held.log AND positions.partition = held.partition
