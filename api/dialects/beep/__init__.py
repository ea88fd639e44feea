"""The beep-analytics API: page views taken in by the Origin header, an ignore list, tokens and statistics."""
