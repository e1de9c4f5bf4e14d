-- The first schema: what must never be forgotten. One text for SQLite and PostgreSQL; the words in
-- braces are the few places where they differ (see migrate.py). Times are seconds since 1970, UTC.
-- Size: deliveries with its two unique indexes stays under 300 bytes per recipient and issue, so
-- names are stored once (occasions, editions), states are numbers (see states.py), and no index
-- holds a column that a claim or an answer changes.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Consent: who, to which topic ('*' is all), when, where, and which text they agreed to.
CREATE TABLE consents (
    person   TEXT NOT NULL,
    topic    TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    source   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    PRIMARY KEY (person, topic)
) {compact};

-- A reader's wishes: scope is all, newsletter, topic, occasion or pause (until a moment).
CREATE TABLE opt_outs (
    person   TEXT NOT NULL,
    scope    TEXT NOT NULL,
    name     TEXT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT,
    source   TEXT NOT NULL,
    PRIMARY KEY (person, scope, name)
) {compact};

-- Addresses never to be written to, as keyed hashes: they outlive the person's erasure.
CREATE TABLE suppressions (
    address_hash {blob} PRIMARY KEY,
    reason       TEXT NOT NULL,
    since        BIGINT NOT NULL
) {compact};

-- What deliveries are about: the id of an issue, or the occasion of a triggered letter.
CREATE TABLE occasions (
    num        {number},
    name       TEXT NOT NULL UNIQUE,
    touched_at BIGINT NOT NULL DEFAULT 0
);

-- Editions that were planned; digest is the first 16 hex digits of the edition's.
CREATE TABLE editions (
    num     {number},
    segment TEXT NOT NULL,
    variant TEXT NOT NULL,
    digest  TEXT NOT NULL,
    UNIQUE (segment, variant, digest)
);

-- Plans; the i-th delivery of a plan has seq = first_seq + i and the id '<plan>-<i in base 36>'.
CREATE TABLE plans (
    num           {number},
    id            TEXT NOT NULL UNIQUE,
    issue         TEXT NOT NULL,
    newsletter    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    audience      BIGINT NOT NULL,
    planned       TEXT NOT NULL,
    excluded      TEXT NOT NULL,
    editions      TEXT NOT NULL,
    stored        TEXT NOT NULL,
    expires_at    BIGINT,
    erased_at     BIGINT,
    stop_at       BIGINT,
    superseded_by INTEGER,
    first_seq     BIGINT NOT NULL,
    size          BIGINT NOT NULL,
    oldest_seq    BIGINT NOT NULL
);
CREATE INDEX plans_issue ON plans (issue, num);
CREATE INDEX plans_first_seq ON plans (first_seq);

-- One row per occasion and person, and per occasion and address.
CREATE TABLE deliveries (
    seq          {key},
    send_at      BIGINT,
    updated_at   BIGINT NOT NULL,
    plan         INTEGER NOT NULL,
    occasion     INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    claimer      INTEGER,
    submission   SMALLINT NOT NULL,
    outcome      SMALLINT,
    attempt      SMALLINT NOT NULL,
    person       TEXT NOT NULL,
    address_hash {blob} NOT NULL,
    message_id   {blob},
    shown        TEXT,
    detail       TEXT
) {updated};
CREATE UNIQUE INDEX deliveries_person ON deliveries (occasion, person);
CREATE UNIQUE INDEX deliveries_address ON deliveries (occasion, address_hash);

-- Who publishes or published; a delivery's claimer is one of them.
CREATE TABLE publishers (
    num        {number},
    issue      TEXT NOT NULL,
    owner      TEXT NOT NULL,
    started_at BIGINT NOT NULL
);

-- What came back and is worth keeping: bounces, complaints, clicks, answers. Not one row per
-- delivered letter: that is deliveries.outcome. `key` makes recording twice the same as once.
CREATE TABLE events (
    key         {blob} PRIMARY KEY,
    kind        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    person      TEXT,
    occasion    INTEGER,
    delivery    BIGINT,
    item        TEXT NOT NULL,
    value       TEXT NOT NULL
) {compact};
CREATE INDEX events_person ON events (person, kind, at);

-- One rate for all publishers: the moment from which the next letter may go.
CREATE TABLE pace (
    name      TEXT PRIMARY KEY,
    next_free DOUBLE PRECISION NOT NULL,
    rate      DOUBLE PRECISION
);

-- What was done to people's records, and when; subjects as keyed hashes, never addresses.
CREATE TABLE audit (
    num     {number},
    at      BIGINT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);

INSERT INTO meta (name, value) VALUES ('next_seq', '1');
