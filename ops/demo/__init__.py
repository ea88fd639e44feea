"""A made-up site with a year of visits, and visitors who keep coming."""
