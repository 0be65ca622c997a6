use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// The longest wait before a try; also bounds what a server asks for.
pub const MAX_DELAY: Duration = Duration::from_secs(12);
const MIN_DELAY: Duration = Duration::from_millis(500);
const FIRST_DELAY: Duration = Duration::from_millis(1500);

/// Whether waits are shortened by chance, so that a thousand clients don't come back in the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// By up to a fifth.
    On,
    /// Not at all, for tests.
    Off,
}

/// How long to wait before the next try: 1.5, 3, 6, 12, 12, … seconds, without an end.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    tries: u32,
    jitter: Jitter,
}

impl Backoff {
    /// Begins with 1.5 s.
    #[must_use]
    pub fn new(jitter: Jitter) -> Self {
        Self { first: FIRST_DELAY, tries: 0, jitter }
    }

    /// The server's `retry:` takes the place of the first wait, within 0.5 to 12 s.
    pub fn begin_with(&mut self, retry: Duration) {
        self.first = retry.clamp(MIN_DELAY, MAX_DELAY);
    }

    /// The wait before the next try; the one after it is twice as long, up to 12 s.
    pub fn next_delay(&mut self) -> Duration {
        let delay = self.first.saturating_mul(1 << self.tries.min(8)).min(MAX_DELAY);
        self.tries = self.tries.saturating_add(1);
        match self.jitter {
            Jitter::On => delay.mul_f64(1.0 - 0.2 * chance()),
            Jitter::Off => delay,
        }
    }

    /// The connection has proved itself: the next wait is the first again.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}

/// From 0 to below 1. The standard library seeds each hasher anew; that is chance enough to spread clients.
fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(mut backoff: Backoff, count: usize) -> Vec<u128> {
        (0..count).map(|_| backoff.next_delay().as_millis()).collect()
    }

    #[test]
    fn waits_double_up_to_twelve_seconds_and_go_on() {
        assert_eq!(delays(Backoff::new(Jitter::Off), 7), [1500, 3000, 6000, 12000, 12000, 12000, 12000]);
    }

    #[test]
    fn a_retry_field_is_held_within_its_bounds() {
        for (asked, first) in [(0, 500), (2000, 2000), (3_600_000, 12000)] {
            let mut backoff = Backoff::new(Jitter::Off);
            backoff.begin_with(Duration::from_millis(asked));
            assert_eq!(delays(backoff, 1), [first]);
        }
    }

    #[test]
    fn a_reset_begins_anew() {
        let mut backoff = Backoff::new(Jitter::Off);
        backoff.next_delay();
        backoff.next_delay();
        backoff.reset();
        assert_eq!(delays(backoff, 2), [1500, 3000]);
    }

    #[test]
    fn chance_shortens_by_at_most_a_fifth() {
        for _ in 0..200 {
            let delay = delays(Backoff::new(Jitter::On), 1)[0];
            assert!((1200..=1500).contains(&delay), "{delay}");
        }
    }
}
