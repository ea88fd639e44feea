"""The page: what people see of Footfall in a browser, rendered here and working without scripts."""
