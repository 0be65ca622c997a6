-- Who may do what. Of tokens and sessions only hashes are kept.
CREATE TABLE tokens (
    token_id     TEXT PRIMARY KEY,
    hash         BLOB    NOT NULL UNIQUE, -- SHA-256 of the token
    label        TEXT    NOT NULL,
    rights       TEXT    NOT NULL,
    boards       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER
) WITHOUT ROWID;

-- Browsers that have signed in. The token's hash, not its name: when the operator's token is another, so are its sessions.
CREATE TABLE sessions (
    hash       BLOB PRIMARY KEY, -- SHA-256 of the cookie's value
    token_hash BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of_token ON sessions (token_hash, created_at);

-- Who caused it; null for what was before.
ALTER TABLE events ADD COLUMN actor TEXT;
