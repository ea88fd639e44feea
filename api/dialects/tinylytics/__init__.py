"""The Tinylytics API: sites, hits, kudos and journeys under `/api/v1`, with Bearer keys."""
