"""Looking through a site's pages for links that lead nowhere and for what is taken in without encryption."""
