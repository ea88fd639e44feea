-- What owners name once and use in any report: segments are filters, goals an event or a page, funnels steps.
CREATE TABLE definitions (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site        integer NOT NULL,
    kind        text NOT NULL,  -- segment, goal, funnel
    name        text NOT NULL,
    meaning     jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (site, kind, name)
);
