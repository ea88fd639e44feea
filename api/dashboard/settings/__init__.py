"""Settings: plain pages with forms, one section each, saved when its button is pressed and never before."""
