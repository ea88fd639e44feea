"""The script that a visitor's browser runs: its builds, and the tag that a site's owner pastes."""
