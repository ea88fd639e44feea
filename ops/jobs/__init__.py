"""Running what is done again and again, each job once in the whole installation."""
