"""Days of sites as files, and frames of events and sessions out of files and rows."""
