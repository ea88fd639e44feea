"""The Antics API: a small self-hosted tracker's, whose sites may be put into folders."""
