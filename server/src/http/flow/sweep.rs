use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use slab::Slab;

use super::Flow;
use crate::clock::Clock;

/// From one look at the connections to the next.
pub(super) const SWEEP: Duration = Duration::from_secs(1);

/// All connections.
#[derive(Clone)]
pub struct Flows {
    clock: Clock,
    all: Arc<Mutex<Slab<Arc<Flow>>>>,
}

/// A connection's place among all; dropping it is the only way out.
pub struct Place {
    flows: Flows,
    slot: usize,
    /// Its numbers.
    pub flow: Arc<Flow>,
}

impl Flows {
    /// No connections yet; they are timed by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, all: Arc::default() }
    }

    fn all(&self) -> MutexGuard<'_, Slab<Arc<Flow>>> {
        self.all.lock().expect("nobody panics with the flows")
    }

    /// A new connection.
    #[must_use]
    pub fn enter(&self) -> Place {
        let flow = Arc::new(Flow::new(self.clock.clone()));
        let slot = self.all().insert(flow.clone());
        Place { flows: self.clone(), slot, flow }
    }

    /// How many connections have bytes waiting that their client doesn't take.
    #[must_use]
    pub fn blocked(&self) -> usize {
        self.all().iter().filter(|(_, flow)| flow.is_blocked()).count()
    }

    /// Looks at all connections each second, for ever.
    pub async fn keep_sweeping(&self) {
        loop {
            self.clock.until(self.clock.elapsed() + SWEEP).await;
            self.sweep();
        }
    }

    /// Ends the connections that are too slow.
    pub fn sweep(&self) {
        let all: Vec<Arc<Flow>> = self.all().iter().map(|(_, flow)| flow.clone()).collect();
        all.iter().filter(|flow| flow.is_too_slow()).for_each(|flow| flow.end());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.flows.all().remove(self.slot);
    }
}
