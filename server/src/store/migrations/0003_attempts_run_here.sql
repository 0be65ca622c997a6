-- Attempts that are run here, not only reported.
ALTER TABLE attempts ADD COLUMN run_here INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN queued_seq INTEGER;    -- the event that queued it last: its place in the queue
ALTER TABLE attempts ADD COLUMN process_group INTEGER; -- of its agent, while there may be one

-- What of it is kept, and what wasn't since the last line that said so.
ALTER TABLE attempts ADD COLUMN log_events INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0; -- messages and newest items
ALTER TABLE attempts ADD COLUMN dropped    INTEGER NOT NULL DEFAULT 0;

CREATE INDEX attempts_here ON attempts (status, queued_seq) WHERE run_here = 1;

-- What an agent is still to be asked, in order.
CREATE TABLE attempt_messages (
    attempt_id TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    PRIMARY KEY (attempt_id, n)
) WITHOUT ROWID;
