"""What beep-analytics and Antics have in common: the routes of sites under `/api/sites`."""
