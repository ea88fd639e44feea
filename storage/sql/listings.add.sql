-- Lines of a list, those of one key as one, whatever they belong to.
SELECT 0, 0, each.key, {sums}
FROM ({lines}) AS each (one, other, key, {names})
GROUP BY each.key
