-- Version 1. Serials sort as text in the order of time; what happened is JSON as on the wire.

-- What the server needs to be itself again.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE app (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Channels without a row of their own have a series that is made of this and their name.
    salt BLOB NOT NULL
) STRICT;

CREATE TABLE channel (
    id INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- The newest serial that was given: it never goes back.
    head TEXT NOT NULL,
    -- The newest entry that is not kept any more.
    trimmed TEXT NOT NULL DEFAULT '',
    UNIQUE (app, name)
) STRICT;

-- What happened, in order. kind: 0 new messages, 1 a version of a message, 2 annotations, 3 presence.
-- frames: what subscribers were told, one protocol message a line.
CREATE TABLE entry (
    channel INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    serial TEXT NOT NULL,
    connection TEXT,
    frames TEXT NOT NULL,
    PRIMARY KEY (channel, kind, serial)
) STRICT, WITHOUT ROWID;

-- What became of messages that were changed or annotated.
CREATE TABLE message (
    channel INTEGER NOT NULL,
    serial TEXT NOT NULL,
    -- The newest version, if it is not the first.
    newest TEXT,
    -- The summary of its annotations, if it has any.
    summary TEXT,
    PRIMARY KEY (channel, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
    channel INTEGER NOT NULL,
    message TEXT NOT NULL,
    serial TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (channel, message, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE annotation (
    channel INTEGER NOT NULL,
    message TEXT NOT NULL,
    serial TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (channel, message, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    channel INTEGER NOT NULL,
    -- connectionId:clientId
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;

-- Operations that are not done again, and how they were answered. time: in epoch milliseconds.
CREATE TABLE repeat (
    channel INTEGER NOT NULL,
    name TEXT NOT NULL,
    time INTEGER NOT NULL,
    kind INTEGER,
    answer TEXT NOT NULL,
    PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX repeat_by_time ON repeat (time);

CREATE TABLE revocation (
    id INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    body TEXT NOT NULL,
    -- In epoch milliseconds.
    until INTEGER NOT NULL
) STRICT;

-- TokenRequests that were answered, until their time is over anyhow.
CREATE TABLE nonce (
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (key, time, nonce)
) STRICT, WITHOUT ROWID;
