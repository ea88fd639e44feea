-- Every salt there is, by day.
SELECT day, salt FROM salts ORDER BY day
