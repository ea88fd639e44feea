"""Insights: what is remarkable about a site's week, found by statistics and told in words.

All of it is pure but `gathering`: of the same numbers the same is said.
"""
