//! Those who guess wait: what is wrong is answered late, and who has too many such answers to wait for isn't looked at.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::StatusCode;

use super::unauthorized;
use crate::api::problem::Problem;
use crate::clock::Clock;

/// So many wrong answers from one address are given at once ...
const FREE: u32 = 10;
/// ... in this time.
const WINDOW: Duration = Duration::from_secs(60);
/// How long each further one takes.
const DELAY: Duration = Duration::from_secs(1);
/// How many of them an address waits for at once.
const WAITING: usize = 16;
/// How many addresses are remembered; beyond that those of which nothing waits are forgotten.
const ADDRESSES: usize = 4096;

/// What was wrong lately, by address.
#[derive(Default)]
pub struct Patience(Mutex<HashMap<IpAddr, Guesses>>);

#[derive(Default)]
struct Guesses {
    since: Duration,
    wrong: u32,
    // When the late answers are due, the earliest first. Going away before that doesn't free the place: a right token is
    // answered at once, so silence would tell as much as an answer.
    due: VecDeque<Duration>,
}

impl Guesses {
    fn waiting(&mut self, now: Duration) -> usize {
        while self.due.front().is_some_and(|due| *due <= now) {
            self.due.pop_front();
        }
        self.due.len()
    }
}

impl Patience {
    fn of<T>(&self, address: IpAddr, now: Duration, note: impl FnOnce(&mut Guesses) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES && !all.contains_key(&address) {
            all.retain(|_, guesses| guesses.waiting(now) > 0);
        }
        note(all.entry(address).or_default())
    }

    /// Whether what it shows is looked at.
    ///
    /// # Errors
    /// 429 while it waits for too many answers.
    pub fn looks_at(&self, address: IpAddr, now: Duration) -> Result<(), Problem> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&address).map(|it| it.waiting(now));
        if known.is_none_or(|waiting| waiting < WAITING) {
            return Ok(());
        }
        let detail = "too many tokens from there were wrong";
        Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_sign_ins", detail).retry_after(1))
    }

    /// The answer to what was wrong, when its time has come.
    pub async fn wrong(&self, address: IpAddr, clock: &Clock, detail: &str) -> Problem {
        let now = clock.elapsed();
        let due = self.of(address, now, |guesses| {
            if now >= guesses.since + WINDOW {
                (guesses.since, guesses.wrong) = (now, 0);
            }
            guesses.wrong = guesses.wrong.saturating_add(1);
            if guesses.wrong <= FREE {
                return None;
            }
            guesses.due.push_back(now + DELAY);
            Some(now + DELAY)
        });
        if let Some(due) = due {
            clock.until(due).await;
        }
        unauthorized(detail)
    }
}
