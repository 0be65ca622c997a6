//! How much one caller, and all of them together, may ask for. Nothing here waits: what is too much is refused at once,
//! so that whoever asks for little is served beside a flood.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use crate::api::problem::Problem;
use crate::clock::Clock;
use crate::metrics::{Limit, Refusals};

/// So many addresses are remembered one by one; what more there are share one account.
const ADDRESSES: usize = 65_536;
/// Of the file descriptors so many quarters are for connections: git, agents and the log need some too.
const QUARTERS: u64 = 3;

/// What is too much; 0 is no limit.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Limits {
    /// At most so many open streams in all
    #[arg(long = "max-streams", env = "BOARDCAST_MAX_STREAMS", default_value_t = 20_000)]
    pub streams: usize,
    /// At most so many open streams of one address
    #[arg(long = "max-streams-per-address", env = "BOARDCAST_MAX_STREAMS_PER_ADDRESS", default_value_t = 10_000)]
    pub streams_per_address: usize,
    /// At most so many open streams of one token
    #[arg(long = "max-streams-per-token", env = "BOARDCAST_MAX_STREAMS_PER_TOKEN", default_value_t = 2_000)]
    pub streams_per_token: usize,
    /// At most so many requests a second of one address
    #[arg(long = "max-requests-per-second", env = "BOARDCAST_MAX_REQUESTS_PER_SECOND", default_value_t = 20_000)]
    pub requests_per_second: u32,
    /// At most so many new connections a second of one address
    #[arg(
        long = "max-new-connections-per-second",
        env = "BOARDCAST_MAX_NEW_CONNECTIONS_PER_SECOND",
        default_value_t = 5_000
    )]
    pub connections_per_second: u32,
    /// At most so many connections at once [default: three quarters of the file descriptors]
    #[arg(long = "max-connections", env = "BOARDCAST_MAX_CONNECTIONS", default_value_t = default_connections(), hide_default_value = true)]
    pub connections: usize,
}

fn default_connections() -> usize {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(0);
    usize::try_from(descriptors / 4 * QUARTERS).unwrap_or(usize::MAX)
}

/// Whose streams are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Those of an address.
    Address(IpAddr),
    /// Those of a token, by its id.
    Token(String),
}

/// What callers have and have done. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Admissions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    clock: Clock,
    refusals: Refusals,
    connections: AtomicUsize,
    streams: Mutex<Streams>,
    recent_connections: Mutex<Accounts<IpAddr>>,
    recent_requests: Mutex<Accounts<IpAddr>>,
}

#[derive(Debug, Default)]
struct Streams {
    all: usize,
    of: HashMap<Holder, usize>,
}

/// A place among the open streams; dropping it is the only way out.
#[derive(Debug)]
pub struct StreamPlace {
    admissions: Admissions,
    holders: Vec<Holder>,
}

/// A place among the connections; dropping it is the only way out.
#[derive(Debug)]
pub struct ConnectionPlace(Admissions);

impl Admissions {
    /// Nobody has anything yet.
    #[must_use]
    pub fn new(limits: Limits, clock: Clock, refusals: Refusals) -> Self {
        Self(Arc::new(Inner {
            recent_connections: Mutex::new(Accounts::new(limits.connections_per_second)),
            recent_requests: Mutex::new(Accounts::new(limits.requests_per_second)),
            limits,
            clock,
            refusals,
            connections: AtomicUsize::new(0),
            streams: Mutex::default(),
        }))
    }

    fn refused(&self, limit: Limit, problem: Problem) -> Problem {
        self.0.refusals.by(limit);
        problem
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.0.streams.lock().expect("nobody panics with the streams")
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }

    /// One more connection.
    ///
    /// # Errors
    /// 503 when there are too many, 429 when this address made too many just now.
    pub fn connection(&self, from: IpAddr) -> Result<ConnectionPlace, Problem> {
        let now = self.0.clock.elapsed();
        if !self.0.recent_connections.lock().expect("nobody panics with them").takes(network(from), now) {
            let problem = Problem::too_many("too_many_connections", "this address makes too many connections a second");
            return Err(self.refused(Limit::NewConnections, problem));
        }
        let place = ConnectionPlace(self.clone());
        let before = self.0.connections.fetch_add(1, Ordering::Relaxed);
        if is_full(before, self.0.limits.connections) {
            return Err(self.refused(Limit::Connections, Problem::overloaded("there are too many connections")));
        }
        Ok(place)
    }

    /// One more request.
    ///
    /// # Errors
    /// 429 when this address sent too many just now.
    pub fn request(&self, from: IpAddr) -> Result<(), Problem> {
        let now = self.0.clock.elapsed();
        if self.0.recent_requests.lock().expect("nobody panics with them").takes(network(from), now) {
            return Ok(());
        }
        let problem = Problem::too_many("too_many_requests", "this address sends too many requests a second");
        Err(self.refused(Limit::Requests, problem))
    }

    /// One more stream, which counts for each of its holders.
    ///
    /// # Errors
    /// 503 when there are too many, 429 when one of the holders has too many.
    pub fn stream(&self, holders: impl IntoIterator<Item = Holder>) -> Result<StreamPlace, Problem> {
        let limits = &self.0.limits;
        let holders: Vec<Holder> = holders.into_iter().map(Holder::of_network).collect();
        let mut streams = self.streams();
        if is_full(streams.all, limits.streams) {
            return Err(self.refused(Limit::Streams, Problem::overloaded("there are too many streams")));
        }
        for holder in &holders {
            let (most, limit, whose) = match holder {
                Holder::Address(_) => (limits.streams_per_address, Limit::StreamsOfAddress, "this address"),
                Holder::Token(_) => (limits.streams_per_token, Limit::StreamsOfToken, "this token"),
            };
            if is_full(streams.of.get(holder).copied().unwrap_or_default(), most) {
                let problem = Problem::too_many("too_many_streams", format!("{whose} has too many open streams"));
                return Err(self.refused(limit, problem));
            }
        }
        streams.all += 1;
        for holder in &holders {
            *streams.of.entry(holder.clone()).or_default() += 1;
        }
        drop(streams);
        Ok(StreamPlace { admissions: self.clone(), holders })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut streams = self.admissions.streams();
        streams.all -= 1;
        for holder in self.holders.drain(..) {
            if let Entry::Occupied(mut held) = streams.of.entry(holder) {
                *held.get_mut() -= 1;
                if *held.get() == 0 {
                    held.remove();
                }
            }
        }
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.0.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Holder {
    fn of_network(self) -> Self {
        match self {
            Self::Address(address) => Self::Address(network(address)),
            Self::Token(_) => self,
        }
    }
}

fn is_full(have: usize, most: usize) -> bool {
    most != 0 && have >= most
}

/// Who has one IPv6 address has the 2^64 of its network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// How much each has left: it may take a second's worth at once, and gets it back within a second.
#[derive(Debug)]
struct Accounts<K> {
    per_second: u32,
    of: HashMap<K, Account>,
    others: Account,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    left: f64,
    at: Duration,
}

impl Account {
    fn takes(&mut self, per_second: u32, now: Duration) -> bool {
        let most = f64::from(per_second);
        self.left = (self.left + now.saturating_sub(self.at).as_secs_f64() * most).min(most);
        self.at = now;
        let takes = self.left >= 1.0;
        if takes {
            self.left -= 1.0;
        }
        takes
    }
}

impl<K: Eq + Hash> Accounts<K> {
    fn new(per_second: u32) -> Self {
        let full = Account { left: f64::from(per_second), at: Duration::ZERO };
        Self { per_second, of: HashMap::new(), others: full }
    }

    fn takes(&mut self, key: K, now: Duration) -> bool {
        if self.per_second == 0 {
            return true;
        }
        if self.of.len() >= ADDRESSES {
            // After a second an account is full again, as if there were none.
            self.of.retain(|_, account| now.saturating_sub(account.at) < Duration::from_secs(1));
        }
        let full = Account { left: f64::from(self.per_second), at: now };
        let is_known = self.of.len() < ADDRESSES || self.of.contains_key(&key);
        let account = if is_known { self.of.entry(key).or_insert(full) } else { &mut self.others };
        account.takes(self.per_second, now)
    }
}
