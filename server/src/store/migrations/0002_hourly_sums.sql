-- What happened on each board, by hour: the dashboard's series. Outlives trimming; goes with its board.
-- board_id is '' for agent facts; hour counts from 1970.
CREATE TABLE hourly_sums (
    board_id  TEXT    NOT NULL,
    hour      INTEGER NOT NULL,
    started   INTEGER NOT NULL, -- attempts first seen
    succeeded INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    active    INTEGER NOT NULL, -- how many more were queued, running or stopping at its end than at its begin
    open      INTEGER NOT NULL, -- how many more cards were not done
    events    INTEGER NOT NULL,
    PRIMARY KEY (board_id, hour)
) WITHOUT ROWID;

-- What is known of the time before.
INSERT INTO hourly_sums
SELECT board_id, hour, sum(started), sum(succeeded), sum(failed), sum(active), sum(open), sum(events)
FROM (
    SELECT board_id, created_at / 3600000 AS hour, 1 AS started, 0 AS succeeded, 0 AS failed,
        status IN ('queued', 'running', 'stopping') AS active, 0 AS open, 0 AS events
    FROM attempts
    UNION ALL
    SELECT board_id, coalesce(ended_at, updated_at) / 3600000, 0, status = 'succeeded', status = 'failed', 0, 0, 0
    FROM attempts WHERE status IN ('succeeded', 'failed')
    UNION ALL
    SELECT cards.board_id, boards.created_at / 3600000, 0, 0, 0, 0, 1, 0
    FROM cards JOIN boards ON boards.id = cards.board_id
        JOIN columns ON columns.board_id = cards.board_id AND columns.id = cards.column_id
    WHERE columns.key IS NOT 'done'
    UNION ALL
    SELECT board_id, time / 3600000, 0, 0, 0, 0, 0, 1
    FROM events WHERE board_id NOT IN (SELECT board_id FROM doomed_boards)
)
GROUP BY board_id, hour;
