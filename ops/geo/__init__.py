"""Files of places: which packages carry one that may be passed on, and how it is got."""
