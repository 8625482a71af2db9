-- Version 4: what the Control API made.

CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    -- The id of the app that it is, or is a part of.
    app TEXT NOT NULL,
    -- 0 an app, 1 a key, 2 a namespace, 3 a rule.
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (app, kind, name)
) STRICT;
