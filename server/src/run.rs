//! The whole product in one process: opened, served, drained.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use ipnet::IpNet;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::{Gate, SessionCookie};
use crate::api;
use crate::api::once::Outside;
use crate::attempts::Attempts;
use crate::checkouts::Checkouts;
use crate::client::Client;
use crate::clock::Clock;
use crate::dashboard::Dashboard;
use crate::demo::HostedDemo;
use crate::domain::actor::ActorKind;
use crate::github::GitHub;
use crate::http::accept::{self, Door, TURNED_AWAY};
use crate::http::flow::Flows;
use crate::http::guard::Guard;
use crate::http::limits::{Admissions, Limits};
use crate::http::tls::{Tls, TlsFiles};
use crate::metrics::Metrics;
use crate::pulls::Pulls;
use crate::sse::{Bus, listeners};
use crate::state::{AppState, LARGE_BODIES, Shutdown};
use crate::store::{Options, Retention, Store};

/// How often the store is looked after.
const UPKEEP: Duration = Duration::from_secs(1);
/// How long streams and requests have to end before they are cut off.
const DRAIN: Duration = Duration::from_millis(800);
/// How long all of the end takes at the most, the closing of the store included, beside what the agents take.
const END: Duration = Duration::from_millis(950);
/// How long the closing of the store may take after that.
const CLOSING: Duration = Duration::from_millis(150);
/// How long agents have to end.
const AGENTS_END: Duration = Duration::from_millis(5900);

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen: `HOST:PORT`, without a token on this machine only.
    pub addr: String,
    /// Where the database is.
    pub data_dir: PathBuf,
    /// How much of the log is kept.
    pub retention: Retention,
    /// Who may call.
    pub guard: Guard,
    /// The operator's token: what is asked for needs one, and beyond this machine there must be one.
    pub token: Option<String>,
    /// How many attempts run at once.
    pub max_attempts: usize,
    /// How much callers may ask for.
    pub limits: Limits,
    /// Certificate and key; without them it speaks plainly.
    pub tls: Option<TlsFiles>,
    /// Networks of the proxies that are believed about who calls.
    pub trusted_proxies: Vec<IpNet>,
    /// Where pull requests are.
    pub github: GitHub,
}

/// A server that runs.
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its handles.
    pub state: AppState,
    /// Its connections.
    pub flows: Flows,
    abandon: CancellationToken,
    producers: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    /// Opens the store and begins to serve.
    ///
    /// # Errors
    /// The address is beyond this machine and there is no token, or it is taken; the store can't be opened.
    pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let addr = address(&config.addr, config.token.is_some()).await?;
        let tls = config.tls.map(Tls::open).transpose().context("TLS")?;
        let now = clock.clone();
        let options =
            Options { retention: config.retention, encode: listeners::encode, now: Arc::new(move || now.now()) };
        let store = Store::open(&config.data_dir, options)?;
        let listener = accept::listen(addr).with_context(|| format!("listening on {addr}"))?;
        let addr = listener.local_addr().context("listening")?;
        // Its links resolved: agents and git name the same files by it.
        let data_dir = config.data_dir.canonicalize().context("the data directory")?;
        let scratch = data_dir.join("demo");
        let producers = CancellationToken::new();
        let cookie = SessionCookie::new(store.epoch(), tls.is_some() || config.guard.is_behind_tls());
        let gate = Gate::new(&store, &clock, config.token.as_deref(), cookie);
        gate.load().await?;
        let metrics = Metrics::default();
        store.subscribe(Arc::new(metrics.commits()));
        let bus = Bus::over(&store);
        let checkouts = Checkouts::spawn(store.by(ActorKind::Git), producers.clone());
        let attempts = Attempts::new(store.by(ActorKind::Agent), checkouts.clone(), &data_dir, config.max_attempts);
        let pulls = Pulls::new(
            store.by(ActorKind::Github),
            attempts.clone(),
            config.github.timed_by(clock.clone()),
            clock.clone(),
        );
        let state = AppState {
            gate: gate.clone(),
            store: store.clone(),
            attempts: attempts.clone(),
            pulls: pulls.clone(),
            dashboard: Dashboard::over(&store, &bus, &clock, producers.clone()),
            bus,
            checkouts: checkouts.clone(),
            demo: HostedDemo::new(own_client(addr, config.token.as_deref())?, scratch, producers.clone()),
            admissions: Admissions::new(config.limits, clock.clone(), metrics.refusals()),
            metrics,
            clock: clock.clone(),
            shutdown: Shutdown::default(),
            outside: Outside::default(),
            large_bodies: Arc::new(Semaphore::new(LARGE_BODIES)),
        };
        checkouts.watch_all(&store).await?;
        attempts.take_up().await?;
        tokio::spawn(pulls.follow(producers.clone()));
        tokio::spawn(look_after(store, gate, producers.clone()));
        let abandon = CancellationToken::new();
        let app = api::router(state.clone(), admission(config.guard, &config.addr));
        let flows = Flows::new(clock);
        let door = Door {
            app,
            flows: flows.clone(),
            admissions: state.admissions.clone(),
            tls: tls.clone(),
            proxies: config.trusted_proxies.into(),
            drain: state.shutdown.token(),
            turned_away: Arc::new(Semaphore::new(TURNED_AWAY)),
        };
        let serving = tokio::spawn(accept::serve(listener, door, abandon.clone()));
        Ok(Self { addr, state, flows, abandon, producers, serving })
    }

    /// Ends: streams get `bye`, what has begun is finished, within a second; agents at work have five more. The data
    /// directory is then free.
    pub async fn drain(self) {
        let begun = tokio::time::Instant::now();
        self.producers.cancel();
        self.state.shutdown.begin();
        self.state.bus.drain();
        let abandon = self.abandon.clone();
        tokio::spawn(async move {
            tokio::time::sleep(DRAIN).await;
            abandon.cancel();
        });
        let agents = tokio::time::timeout(AGENTS_END, self.state.attempts.drain());
        let (_, agents) = tokio::join!(self.serving, agents);
        if agents.is_err() {
            tracing::warn!("an agent has not ended; the next start will end it");
        }
        let end = (begun + END).max(tokio::time::Instant::now() + CLOSING);
        if tokio::time::timeout_at(end, self.state.store.close()).await.is_err() {
            tracing::warn!("the store is still writing");
        }
    }
}

/// Where to listen.
async fn address(addr: &str, has_token: bool) -> anyhow::Result<SocketAddr> {
    let found: Vec<SocketAddr> =
        tokio::net::lookup_host(addr).await.with_context(|| format!("--addr {addr} is not HOST:PORT"))?.collect();
    if let Some(beyond) = found.iter().find(|addr| !has_token && !addr.ip().is_loopback()) {
        bail!("--addr {beyond} can be reached from other machines: set a token in BOARDCAST_TOKEN first");
    }
    found.into_iter().next().with_context(|| format!("--addr {addr} names no address"))
}

/// How the server calls itself.
fn own_client(addr: SocketAddr, token: Option<&str>) -> anyhow::Result<Client> {
    let client = Client::new(format!("http://{}", reachable(addr)).parse()?);
    Ok(token.map_or(client.clone(), |token| client.with_token(token)))
}

/// An address that stands for all of the machine's can't be called: this machine itself can.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

/// The address that we listen on is one of our names.
fn admission(mut guard: Guard, addr: &str) -> Guard {
    if let Some((host, _)) = addr.rsplit_once(':') {
        guard.hosts.push(host.to_ascii_lowercase());
    }
    guard
}

async fn look_after(store: Store, gate: Gate, end: CancellationToken) {
    tokio::spawn({
        let (gate, end) = (gate.clone(), end.clone());
        async move { end.run_until_cancelled(gate.keep_time()).await }
    });
    let mut each = tokio::time::interval(UPKEEP);
    while end.run_until_cancelled(each.tick()).await.is_some() {
        // When it fails, the next use is noted.
        let _ = gate.note_uses().await;
        // Step by step: writes that wait go in between.
        while matches!(store.upkeep().await, Ok(true)) && !end.is_cancelled() {}
    }
}
