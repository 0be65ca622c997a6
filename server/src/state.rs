//! What handlers are given: handles, no logic.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::access::Gate;
use crate::api::once::Outside;
use crate::attempts::Attempts;
use crate::checkouts::Checkouts;
use crate::clock::Clock;
use crate::dashboard::Dashboard;
use crate::demo::HostedDemo;
use crate::http::limits::Admissions;
use crate::metrics::Metrics;
use crate::pulls::Pulls;
use crate::sse::Bus;
use crate::store::Store;

/// Handles of everything that a request may need. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Who is who.
    pub gate: Gate,
    /// The log and all state.
    pub store: Store,
    /// The streams.
    pub bus: Bus,
    /// The attempts that are run here.
    pub attempts: Attempts,
    /// Their pull requests.
    pub pulls: Pulls,
    /// The boards' checkouts.
    pub checkouts: Checkouts,
    /// All boards at one look.
    pub dashboard: Dashboard,
    /// The demo that the server can play.
    pub demo: HostedDemo,
    /// How much callers have and have done.
    pub admissions: Admissions,
    /// What the server counts about itself.
    pub metrics: Metrics,
    /// What time it is.
    pub clock: Clock,
    /// Whether the server is ending.
    pub shutdown: Shutdown,
    /// Writes that act outside the database.
    pub outside: Outside,
    /// Turns for bodies that are large in memory.
    pub large_bodies: Arc<Semaphore>,
}

/// How many large bodies are read at once; one more waits.
pub const LARGE_BODIES: usize = 8;

/// Tells whether the server is ending, and when waiting has to end. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// The server begins to end.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Whether it has begun to end.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Cancelled when it begins to end.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }
}

impl Shutdown {
    /// What `answer` gives, unless the server ends first.
    ///
    /// # Errors
    /// 503 when it ends.
    pub async fn unless_draining<T>(&self, answer: impl Future<Output = T>) -> Result<T, crate::api::problem::Problem> {
        self.0.run_until_cancelled(answer).await.ok_or_else(crate::api::problem::Problem::draining)
    }
}
