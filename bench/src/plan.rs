use std::time::Duration;

/// How much of everything.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How often each measurement is made.
    pub rounds: usize,
    /// Readers of the fan-out and latency measurements.
    pub streams: usize,
    /// Events published one at a time, and the pace.
    pub singles: usize,
    pub single_pace: Duration,
    /// Batches of [`BATCH`] events.
    pub bursts: usize,
    /// Readers that only wait.
    pub idle_streams: usize,
    /// Events whose way is timed.
    pub timed: usize,
    pub timed_pace: Duration,
    /// How long facts are posted as fast as they are taken.
    pub ingest: Duration,
    /// Readers that stop reading, and how long the others are watched beside them.
    pub stalled: usize,
    pub stalled_for: Duration,
    /// Cards of the board on which one is moved.
    pub cards: usize,
    /// Events in the log at the start, and when it is replayed.
    pub logged: usize,
    /// Events that each reader missed when all come back at once.
    pub missed: usize,
    /// Readers that join under load, how much of the log each has before it, and how long they come.
    pub joiners: usize,
    pub backlog: usize,
    pub joining_for: Duration,
    /// Programs that post at once, and how long.
    pub writers: &'static [usize],
    pub writing_for: Duration,
    /// Cards of the boards on which one is moved, and how long it is.
    pub board_sizes: &'static [usize],
    pub moving_for: Duration,
    /// Events in the log at the start, up to `logged` and further.
    pub log_sizes: &'static [usize],
    /// Large frames sent past readers that stop reading.
    pub large: usize,
}

/// Events of a burst: one POST.
pub const BATCH: usize = 100;

impl Plan {
    /// What counts.
    pub fn full() -> Self {
        Self {
            rounds: 5,
            streams: 1000,
            singles: 250,
            single_pace: Duration::from_millis(20),
            bursts: 40,
            idle_streams: 2000,
            timed: 200,
            timed_pace: Duration::from_millis(50),
            ingest: Duration::from_secs(5),
            stalled: 500,
            stalled_for: Duration::from_secs(10),
            cards: 1000,
            logged: 100_000,
            missed: 1000,
            joiners: 50,
            backlog: 20_000,
            joining_for: Duration::from_secs(5),
            writers: &[1, 4, 16, 64, 256],
            writing_for: Duration::from_secs(3),
            board_sizes: &[10, 100, 1000, 10_000],
            moving_for: Duration::from_secs(2),
            log_sizes: &[1000, 10_000, 100_000, 500_000],
            large: 200,
        }
    }

    /// Whether everything works.
    pub fn quick() -> Self {
        Self {
            rounds: 1,
            streams: 200,
            singles: 40,
            single_pace: Duration::from_millis(10),
            bursts: 5,
            idle_streams: 300,
            timed: 40,
            timed_pace: Duration::from_millis(20),
            ingest: Duration::from_secs(1),
            stalled: 50,
            stalled_for: Duration::from_secs(2),
            cards: 1000,
            logged: 10_000,
            missed: 100,
            joiners: 10,
            backlog: 2000,
            joining_for: Duration::from_secs(1),
            writers: &[1, 8, 64],
            writing_for: Duration::from_millis(500),
            board_sizes: &[10, 100, 1000, 10_000],
            moving_for: Duration::from_millis(500),
            log_sizes: &[1000, 10_000],
            large: 40,
        }
    }

    /// The most sockets that are open at once.
    pub fn most_streams(&self) -> usize {
        self.streams.max(self.idle_streams).max(self.stalled)
    }
}
