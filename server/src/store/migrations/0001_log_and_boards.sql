-- The log: one row says where it stands.
CREATE TABLE log (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    epoch         TEXT    NOT NULL,
    head          INTEGER NOT NULL, -- the newest seq ever given
    kept_events   INTEGER NOT NULL,
    kept_bytes    INTEGER NOT NULL, -- of data
    agent_horizon INTEGER NOT NULL, -- the newest agent fact that was trimmed
    unchecked     INTEGER NOT NULL  -- 1 while deleted text may still be in the write-ahead log
);

-- What happened. board_id is '' for agent facts; data is the frame's bytes, so that a replay copies them.
CREATE TABLE events (
    seq        INTEGER PRIMARY KEY,
    board_id   TEXT    NOT NULL,
    card_id    TEXT,
    attempt_id TEXT,
    type       TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    time       INTEGER NOT NULL,
    data       BLOB    NOT NULL
);
CREATE INDEX events_of_board ON events (board_id, seq);

-- What is.
CREATE TABLE boards (
    id                   TEXT PRIMARY KEY,
    name                 TEXT    NOT NULL,
    repository_path      TEXT,
    base_branch          TEXT,
    ticket_prefix        TEXT    NOT NULL,
    next_ticket          INTEGER NOT NULL,
    github_repo          TEXT,
    default_agent        TEXT,
    remote               TEXT    NOT NULL,
    auto_commit          INTEGER NOT NULL,
    auto_push            INTEGER NOT NULL,
    card_follows_attempt INTEGER NOT NULL,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    created_seq          INTEGER NOT NULL,
    state_seq            INTEGER NOT NULL, -- its last board.state.changed
    horizon              INTEGER NOT NULL, -- the newest event of it that was trimmed
    purging              INTEGER NOT NULL  -- 1 while events up to the horizon still have to go
) WITHOUT ROWID;

CREATE TABLE columns (
    board_id TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    key      TEXT,
    title    TEXT    NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (board_id, id)
) WITHOUT ROWID;

CREATE TABLE cards (
    board_id  TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    column_id TEXT    NOT NULL,
    rank      INTEGER NOT NULL,
    rev       INTEGER NOT NULL, -- the board's change that last touched it
    card      TEXT    NOT NULL, -- as on the wire
    PRIMARY KEY (board_id, id)
) WITHOUT ROWID;

CREATE TABLE attempts (
    id            TEXT PRIMARY KEY,
    board_id      TEXT    NOT NULL,
    card_id       TEXT    NOT NULL,
    agent         TEXT    NOT NULL,
    profile_id    TEXT,
    status        TEXT    NOT NULL,
    said_status   TEXT,             -- the last one that a status fact told
    needs_input   INTEGER NOT NULL,
    branch_name   TEXT    NOT NULL,
    base_branch   TEXT    NOT NULL,
    worktree_path TEXT,
    session_id    TEXT,
    created_at    INTEGER NOT NULL,
    started_at    INTEGER,
    ended_at      INTEGER,
    updated_at    INTEGER NOT NULL,
    status_ts     INTEGER NOT NULL,
    error         TEXT,
    todos         TEXT,
    last_line     TEXT,
    pr            TEXT,
    created_seq   INTEGER NOT NULL,
    updated_seq   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempts_of_board ON attempts (board_id, created_seq);

-- An attempt's id belongs to one board for ever, also after both are gone.
CREATE TABLE attempt_owners (
    attempt_id TEXT PRIMARY KEY,
    board_id   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE attempt_logs (
    attempt_id TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    ts         INTEGER NOT NULL,
    level      TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    PRIMARY KEY (attempt_id, seq)
) WITHOUT ROWID;

-- Each item in its newest version, at the place of its first.
CREATE TABLE conversation_items (
    attempt_id TEXT    NOT NULL,
    first_seq  INTEGER NOT NULL,
    item_id    TEXT    NOT NULL,
    item       TEXT    NOT NULL,
    PRIMARY KEY (attempt_id, first_seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX conversation_item_ids ON conversation_items (attempt_id, item_id);

-- The last state told of each checkout; attempt_id is '' for the board's own.
CREATE TABLE git_statuses (
    board_id   TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    status     TEXT NOT NULL,
    PRIMARY KEY (board_id, attempt_id)
) WITHOUT ROWID;

CREATE TABLE agents (
    agent      TEXT PRIMARY KEY,
    label      TEXT,
    protocol   TEXT    NOT NULL,
    command    TEXT    NOT NULL,
    args       TEXT    NOT NULL,
    env        TEXT    NOT NULL,
    registered INTEGER NOT NULL, -- 0: only known from reports
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE profiles (
    profile_id TEXT PRIMARY KEY,
    agent      TEXT    NOT NULL,
    label      TEXT,
    config     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Reported events that were taken, so that a repeat is a duplicate. board_id is '' for agent facts.
CREATE TABLE reported (
    board_id TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    seq      INTEGER, -- the last event it made
    time     INTEGER NOT NULL,
    PRIMARY KEY (board_id, source, id)
) WITHOUT ROWID;
CREATE INDEX reported_by_time ON reported (time);

-- First answers, for requests that are repeated under the same key.
CREATE TABLE idempotency (
    scope    TEXT    NOT NULL, -- method and path
    key      TEXT    NOT NULL,
    request  BLOB    NOT NULL, -- SHA-256 of query and body
    status   INTEGER NOT NULL,
    body     BLOB,             -- null once what it told of was deleted
    etag     TEXT,
    seq      INTEGER,          -- the last event it made
    board_id TEXT,             -- what the answer tells of
    card_id  TEXT,
    time     INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_time ON idempotency (time);
CREATE INDEX idempotency_of_board ON idempotency (board_id) WHERE board_id IS NOT NULL;

-- What is gone already but still has rows to delete, in small steps.
CREATE TABLE doomed_boards (board_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE doomed_attempts (attempt_id TEXT PRIMARY KEY) WITHOUT ROWID;
