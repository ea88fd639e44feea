-- What was remarkable about a site's numbers, in words: of each day at most once.
CREATE TABLE insights (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site               integer NOT NULL,
    insights_for_date  date NOT NULL,  -- in the site's time zone: the last of the seven days that they are about
    generated_at       timestamptz NOT NULL,
    document           jsonb NOT NULL,
    UNIQUE (site, insights_for_date)
);
