-- Days that were rolled up before a rollup was added, and are not in it: reports of that rollup read their rows, all
-- others go on with theirs. The job takes a day away with the transaction that rolls it up again.
CREATE TABLE rollup_gaps (
    site  integer NOT NULL,
    day   date NOT NULL,
    PRIMARY KEY (site, day)
);

-- For roll_event and roll_dim.
INSERT INTO rollup_gaps (site, day)
SELECT DISTINCT site, (span AT TIME ZONE 'UTC')::date FROM roll_site WHERE grain = 1;
