"""A page on which a person can try everything that the tracker does and see its requests."""
