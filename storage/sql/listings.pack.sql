-- Lines of a list, packed by the two columns that say where each belongs: the keys, and their lengths and sums.
SELECT line.one, line.other, convert_to(string_agg(line.key, ''), 'UTF8'), string_agg({numbers}, '')
FROM ({lines}) AS line (one, other, key, {sums})
GROUP BY line.one, line.other
