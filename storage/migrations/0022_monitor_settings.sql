-- What an owner has Footfall look at beside visits: the site itself, and what its numbers say.
ALTER TABLE sites
    ADD COLUMN uptime boolean NOT NULL DEFAULT false,
    ADD COLUMN uptime_url text NOT NULL DEFAULT '',  -- '': https://DOMAIN/
    ADD COLUMN content boolean NOT NULL DEFAULT false,
    ADD COLUMN content_url text NOT NULL DEFAULT '',  -- same
    ADD COLUMN insights boolean NOT NULL DEFAULT true;
