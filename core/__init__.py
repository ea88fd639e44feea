"""The domain: what is counted and how. Pure, standard library only, no clock, no I/O."""
