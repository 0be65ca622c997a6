//! The command line: `serve`, `watch`, `demo`, `agent`.
#![allow(rustdoc::bare_urls, reason = "these comments are the help text of a terminal")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use boardcast::attempts::default_max_attempts;
use boardcast::cli::agent;
use boardcast::cli::watch::{self, WatchArgs};
use boardcast::clock::Clock;
use boardcast::demo::{self, DemoArgs};
use boardcast::github::{ApiUrl, DEFAULT_API, GitHub, TOKEN_VARIABLE};
use boardcast::http::guard::Guard;
use boardcast::http::limits::Limits;
use boardcast::http::tls::TlsFiles;
use boardcast::run::{Config, Server};
use boardcast::secrets::{self, Redacted};
use boardcast::store::Retention;
#[cfg(feature = "otlp")]
use boardcast::traces::Export;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
#[cfg(feature = "otlp")]
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::LevelFilter;
#[cfg(not(feature = "otlp"))]
use tracing_subscriber::layer::Identity;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

/// A live kanban board for coding agents.
#[derive(Parser)]
#[command(name = "boardcast", version, about)]
struct Cli {
    /// How log lines look
    #[arg(long, env = "BOARDCAST_LOG_FORMAT", global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// What is logged: off, error, warn, info, debug or trace
    #[arg(long, env = "BOARDCAST_LOG_LEVEL", global = true, default_value_t = LevelFilter::INFO)]
    log_level: LevelFilter,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server: REST, streams, page
    Serve(Box<Serve>),
    /// Follow a board in the terminal
    Watch(WatchArgs),
    /// Play on a board of a running server: real files, commits and pushes in a scratch repository
    Demo(DemoArgs),
    /// Be a scripted coding agent that speaks the Agent Client Protocol on standard input and output
    Agent,
}

#[derive(Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, env = "BOARDCAST_ADDR", default_value = "127.0.0.1:4400")]
    addr: String,
    /// Where the data is
    #[arg(long, env = "BOARDCAST_DATA_DIR", default_value = "data")]
    data_dir: PathBuf,
    /// Keep at least the newest so many events
    #[arg(long, env = "BOARDCAST_RETAIN_EVENTS", default_value_t = 100_000)]
    retain_events: u64,
    /// Keep events at least so many days
    #[arg(long, env = "BOARDCAST_RETAIN_DAYS", default_value_t = 7)]
    retain_days: u32,
    /// Never keep more than so many bytes of events; 0 for no such cap
    #[arg(long, env = "BOARDCAST_RETAIN_BYTES", default_value_t = 4 << 30)]
    retain_bytes: u64,
    /// Run at most so many attempts at once [default: the machine's cores]
    #[arg(long, env = "BOARDCAST_MAX_ATTEMPTS", value_parser = clap::value_parser!(u16).range(1..))]
    max_attempts: Option<u16>,
    /// GitHub's API: an Enterprise's, say; the token is taken from BOARDCAST_GITHUB_TOKEN only
    #[arg(long, env = "BOARDCAST_GITHUB_API_URL", default_value = DEFAULT_API)]
    github_api_url: ApiUrl,
    /// A file with the operator's token, which else is taken from BOARDCAST_TOKEN; once there is one, calls need a token
    #[arg(long, env = "BOARDCAST_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
    /// Another name of this server, without port (may repeat)
    #[arg(long, env = "BOARDCAST_ALLOW_HOST", value_delimiter = ',')]
    allow_host: Vec<String>,
    /// The origin of a page that may call, such as https://board.example (may repeat)
    #[arg(long, env = "BOARDCAST_ALLOW_ORIGIN", value_delimiter = ',')]
    allow_origin: Vec<String>,
    /// How browsers reach the server through a proxy, such as https://board.example
    #[arg(long, env = "BOARDCAST_PUBLIC_URL")]
    public_url: Option<String>,
    /// The certificate to serve https with, then those that vouch for it, as PEM; read again when it changes
    #[arg(long, env = "BOARDCAST_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, as PEM
    #[arg(long, env = "BOARDCAST_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The address or network of a proxy that is believed about who calls, such as 10.0.0.0/8 (may repeat)
    #[arg(long, env = "BOARDCAST_TRUSTED_PROXY", value_delimiter = ',', value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// Send spans as OTLP over HTTP to this collector, such as http://127.0.0.1:4318; the OTEL_ variables are heeded
    #[cfg(feature = "otlp")]
    #[arg(long, env = "BOARDCAST_OTLP_ENDPOINT")]
    otlp_endpoint: Option<String>,
    /// Play the demo when there is no board yet
    #[arg(long, env = "BOARDCAST_DEMO")]
    demo: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    secrets::learn_own();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    #[cfg(feature = "otlp")]
    let export = match export(&cli, &runtime) {
        Ok(export) => export,
        Err(error) => return fail(&error),
    };
    #[cfg(feature = "otlp")]
    log(&cli, export.as_ref().map(Export::layer));
    #[cfg(not(feature = "otlp"))]
    log(&cli, None::<Identity>);
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve(*args).await,
            Command::Watch(args) => watch::watch(args).await,
            Command::Demo(args) => demo::demo(args, on_signal()?).await,
            Command::Agent => agent::agent().await,
        }
    });
    #[cfg(feature = "otlp")]
    if let Some(export) = export {
        export.end();
    }
    // What still runs in the background has nothing left to say.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Log lines to standard error, and spans to `export`. Without one, what isn't logged costs a comparison.
fn log<L>(cli: &Cli, export: Option<L>)
where
    L: Layer<Registry> + Send + Sync,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(|| Redacted(std::io::stderr()));
    let lines = match cli.log_format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    match export {
        None => tracing_subscriber::registry().with(lines).with(cli.log_level).init(),
        Some(export) => {
            let layers = vec![export.boxed(), lines.with_filter(cli.log_level).boxed()];
            tracing_subscriber::registry().with(layers).init();
        }
    }
}

#[cfg(feature = "otlp")]
fn export(cli: &Cli, runtime: &Runtime) -> anyhow::Result<Option<Export>> {
    match &cli.command {
        Command::Serve(args) => Export::begin(args.otlp_endpoint.as_deref(), runtime.handle().clone()),
        _ => Ok(None),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("{}", secrets::redact(&format!("boardcast: {error:#}")));
    ExitCode::FAILURE
}

async fn serve(args: Serve) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let guard = Guard {
        hosts: args.allow_host.iter().map(|host| host.to_ascii_lowercase()).collect(),
        origins: args.allow_origin,
        public_origin: None,
    };
    let guard = match args.public_url {
        Some(url) => guard.reached_by(&url),
        None => guard,
    };
    let retention = Retention { events: args.retain_events, days: args.retain_days, bytes: args.retain_bytes };
    let max_attempts = args.max_attempts.map_or_else(default_max_attempts, usize::from);
    if args.github_api_url.is_exposed() {
        tracing::warn!("--github-api-url is not https: whoever is on the way can read the token");
    }
    let token = std::env::var(TOKEN_VARIABLE).ok();
    let github =
        GitHub::new(args.github_api_url, token.as_deref()).map_err(anyhow::Error::msg).context(TOKEN_VARIABLE)?;
    let token = operator_token(args.token_file.as_deref())?;
    let config = Config {
        addr: args.addr,
        data_dir: args.data_dir,
        retention,
        guard,
        token,
        max_attempts,
        github,
        limits: args.limits,
        tls: args.tls_cert.zip(args.tls_key).map(|(cert, key)| TlsFiles { cert, key }),
        trusted_proxies: args.trusted_proxy,
    };
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let server = Server::start(config, Clock::system()).await?;
    let plays = args.demo && begin_demo(&server).await?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {scheme}://{}", server.addr).and_then(|()| out.flush()).context("standard output")?;
    if plays {
        eprintln!(
            "A demo is playing. Open http://{0}, or follow it: boardcast watch Demo --url http://{0}",
            server.addr
        );
    }
    signals.next().await;
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(130);
    });
    server.drain().await;
    Ok(())
}

/// The operator's token. It has no place in an argument list, where everybody on the machine can read it.
fn operator_token(file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let (token, from) = match file {
        Some(file) => (std::fs::read_to_string(file), "the token file"),
        None => (Ok(std::env::var("BOARDCAST_TOKEN").unwrap_or_default()), "BOARDCAST_TOKEN"),
    };
    let token = token.context(from)?.trim().to_owned();
    if token.is_empty() {
        // An empty variable is as none; who names a file means one.
        anyhow::ensure!(file.is_none(), "{from} is empty");
        return Ok(None);
    }
    anyhow::ensure!(
        token.bytes().all(|b| b.is_ascii_graphic()),
        "{from} must be visible ASCII characters, without spaces"
    );
    Ok(Some(token))
}

/// Plays the demo when there is no board yet, or when it played here before. Says whether it does.
async fn begin_demo(server: &Server) -> anyhow::Result<bool> {
    let boards = server.state.store.read(|log| log.boards()).await?;
    let demo = server.state.demo.clone();
    if !boards.is_empty() && !demo.has_played() {
        return Ok(false);
    }
    tokio::spawn(async move {
        if let Err(error) = demo.start().await {
            tracing::warn!("the demo doesn't play: {error:#}");
        }
    });
    Ok(true)
}

/// An address is the network of that one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<std::net::IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse()).map_err(|_| "neither an address nor a network".to_owned())
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Cancelled by the first signal; the second ends the process.
fn on_signal() -> anyhow::Result<CancellationToken> {
    let mut signals = Signals::new()?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        stop.cancel();
        signals.next().await;
        std::process::exit(130);
    });
    Ok(token)
}
