//! What time it is, and waiting for a time. Tests move their own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use boardcast_shared::Time;
use tokio::sync::watch;

/// A wait that ends.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock of a server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System { started: Instant },
    Manual(Arc<watch::Sender<Duration>>),
}

/// Where a manual clock begins: 2026-01-01T00:00:00Z.
const MANUAL_START_MILLIS: i64 = 1_767_225_600_000;

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System { started: Instant::now() })
    }

    /// A clock that stands at 2026-01-01T00:00:00Z until it is moved.
    #[must_use]
    pub fn manual() -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(Duration::ZERO))))
    }

    /// Moves a manual clock; the machine's can't be moved.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(now) = &self.0 {
            now.send_modify(|now| *now += by);
        }
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::System { .. } => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Source::Manual(now) => {
                Time::from_millis(MANUAL_START_MILLIS + i64::try_from(now.borrow().as_millis()).unwrap_or(0))
            }
        }
    }

    /// How long it has been running; never goes back.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Source::System { started } => started.elapsed(),
            Source::Manual(now) => *now.borrow(),
        }
    }

    /// Until it has been running for `elapsed`.
    #[must_use]
    pub fn until(&self, elapsed: Duration) -> Wait {
        match &self.0 {
            Source::System { started } => Box::pin(tokio::time::sleep_until((*started + elapsed).into())),
            Source::Manual(now) => {
                let mut now = now.subscribe();
                Box::pin(async move {
                    // The clock outlives whoever waits for it.
                    let _ = now.wait_for(|now| *now >= elapsed).await;
                })
            }
        }
    }
}
