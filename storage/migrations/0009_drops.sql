-- How many events of a site the collectors dropped on a UTC day, and why.
CREATE TABLE drops (
    site    integer NOT NULL,
    day     date NOT NULL,
    reason  text NOT NULL,
    count   bigint NOT NULL,
    PRIMARY KEY (site, day, reason)
);
