//! Tickets, each for one stream: for those who can't send a header, such as a browser's `EventSource`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::store::Secret;

use super::Access;

/// How long a ticket is good.
pub const GOOD: Duration = Duration::from_secs(30);
/// How many of one holder's wait to be used; one more takes the place of the oldest.
const WAITING: usize = 256;

/// The tickets that wait to be used. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Tickets(Arc<Mutex<HashMap<Secret, Ticket>>>);

#[derive(Clone)]
struct Ticket {
    access: Access,
    made: Duration,
}

impl Tickets {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<Secret, Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new one, made at `now`.
    pub fn issue(&self, access: &Access, now: Duration) -> String {
        let shown = super::gate::random_secret("bt_");
        let mut all = self.all();
        all.retain(|_, ticket| now < ticket.made + GOOD);
        let its = all.iter().filter(|(_, ticket)| ticket.access.name() == access.name());
        let its: Vec<(Duration, Secret)> = its.map(|(secret, ticket)| (ticket.made, *secret)).collect();
        if its.len() >= WAITING
            && let Some((_, oldest)) = its.into_iter().min_by_key(|(made, _)| *made)
        {
            all.remove(&oldest);
        }
        all.insert(Secret::of(&shown), Ticket { access: access.clone(), made: now });
        shown
    }

    /// The caller that shows a ticket, and the ticket: nobody else can use it meanwhile.
    pub fn take(&self, shown: &str, now: Duration) -> Option<(Access, Taken)> {
        let secret = Secret::of(shown);
        let ticket = self.all().remove(&secret).filter(|ticket| now < ticket.made + GOOD)?;
        let access = ticket.access.clone();
        Some((access, Taken { tickets: self.clone(), back: Some((secret, ticket)) }))
    }
}

/// A ticket in use. Unless it is spent, dropping it gives it back: a refused stream costs none.
pub struct Taken {
    tickets: Tickets,
    back: Option<(Secret, Ticket)>,
}

impl Taken {
    /// It has opened its stream.
    pub fn spend(mut self) {
        self.back = None;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some((secret, ticket)) = self.back.take() {
            self.tickets.all().insert(secret, ticket);
        }
    }
}
