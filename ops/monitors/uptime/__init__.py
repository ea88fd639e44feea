"""Whether sites are up: the job that asks them, and what their owners are told."""
