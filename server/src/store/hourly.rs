//! What happened on each board, by hour.

use std::ops::AddAssign;

use boardcast_shared::{AttemptStatus, BoardId, Time};
use rusqlite::{Connection, params};

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// What one transaction adds to an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub started: i64,
    pub succeeded: i64,
    pub failed: i64,
    /// How many more attempts are active than before.
    pub active: i64,
    /// How many more cards are not done than before.
    pub open: i64,
    pub events: i64,
}

impl Sums {
    /// How many more `after` is than `before`.
    pub fn difference(before: usize, after: usize) -> i64 {
        let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
        number(after) - number(before)
    }

    /// An attempt went from one status to another.
    pub fn turn(before: AttemptStatus, after: AttemptStatus) -> Self {
        let became = |status| i64::from(after == status && before != status);
        Self {
            succeeded: became(AttemptStatus::Succeeded),
            failed: became(AttemptStatus::Failed),
            active: i64::from(!after.is_final()) - i64::from(!before.is_final()),
            ..Self::default()
        }
    }

    /// Adds them to the hour of `now`.
    pub fn store(&self, db: &Connection, board: Option<&BoardId>, now: Time) -> rusqlite::Result<()> {
        if *self == Self::default() {
            return Ok(());
        }
        db.prepare_cached(
            "INSERT INTO hourly_sums VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (board_id, hour) DO UPDATE SET started = started + ?3, succeeded = succeeded + ?4,
                 failed = failed + ?5, active = active + ?6, open = open + ?7, events = events + ?8",
        )?
        .execute(params![
            board.map_or("", BoardId::as_str),
            now.millis().div_euclid(HOUR),
            self.started,
            self.succeeded,
            self.failed,
            self.active,
            self.open,
            self.events
        ])?;
        Ok(())
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.started += other.started;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.active += other.active;
        self.open += other.open;
        self.events += other.events;
    }
}
