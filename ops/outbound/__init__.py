"""The one way out: requests to other people's servers, to public addresses only, bounded in time and size."""
