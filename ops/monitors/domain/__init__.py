"""When the registration of a site's domain ends."""
