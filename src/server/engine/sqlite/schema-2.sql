-- Version 2. The summaries of annotations as rows, so that an annotation costs the same whatever a message has.

-- The messages that were annotated.
CREATE TABLE summary (
    channel INTEGER NOT NULL,
    message TEXT NOT NULL,
    -- The part of its newest version that is told with a summary.
    head TEXT NOT NULL,
    PRIMARY KEY (channel, message)
) STRICT, WITHOUT ROWID;

-- The totals of each type and name.
CREATE TABLE summary_name (
    channel INTEGER NOT NULL,
    message TEXT NOT NULL,
    type TEXT NOT NULL,
    -- Empty for types without names.
    name TEXT NOT NULL,
    -- Its place among the names of the message.
    place INTEGER NOT NULL,
    -- The place of the next client.
    next INTEGER NOT NULL,
    total INTEGER NOT NULL,
    -- How many clients contributed, and the count of those without a clientId.
    identified INTEGER NOT NULL,
    unidentified INTEGER NOT NULL,
    PRIMARY KEY (channel, message, type, name)
) STRICT, WITHOUT ROWID;

-- What each client contributed.
CREATE TABLE contribution (
    channel INTEGER NOT NULL,
    message TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    client TEXT NOT NULL,
    count INTEGER NOT NULL,
    -- Its place among those of the name.
    place INTEGER NOT NULL,
    -- Whether the summary lists the client: 0 or 1.
    listed INTEGER NOT NULL,
    PRIMARY KEY (channel, message, type, name, client)
) STRICT, WITHOUT ROWID;

CREATE INDEX contribution_of_client ON contribution (channel, message, client, type);
CREATE INDEX contribution_listed ON contribution (channel, message, place) WHERE listed = 1;
CREATE INDEX contribution_unlisted ON contribution (channel, message, type, name, place) WHERE listed = 0;
