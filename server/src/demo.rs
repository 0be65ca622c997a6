//! `boardcast demo`: a board that lives. Real commits and pushes in a scratch repository, and attempts of the agent that
//! the program has inside.
//!
//! ```text
//! scratch.rs  the repository and its bare remote
//! board.rs    the calls, repeated while the server restarts
//! story.rs    what the cards are about
//! attempt.rs  one attempt from its start to the pushed branch
//! stage.rs    the order of the scenes
//! hosted.rs   the demo that the server plays itself
//! ```

mod attempt;
mod board;
mod hosted;
mod scratch;
mod stage;
pub(crate) mod story;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use hyper::Method;
use tokio_util::sync::CancellationToken;

use crate::client::{Client, ServerUrl};
use board::DemoBoard;
use scratch::Scratch;
use stage::Stage;

pub use hosted::HostedDemo;

/// Plays a board's life against a server: cards move, an attempt works, commits and pushes really happen.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Where the server is; it must be on this machine, because it watches the scratch repository
    #[arg(long, env = "BOARDCAST_URL", default_value = "http://127.0.0.1:4400")]
    pub url: String,
    /// Where the scratch repository and its remote are made
    #[arg(long, env = "BOARDCAST_DEMO_DIR", default_value = "boardcast-demo")]
    pub dir: PathBuf,
}

/// Plays until `stop` is cancelled.
///
/// # Errors
/// As [`play`]; also when `args.url` is no address.
pub async fn demo(args: DemoArgs, stop: CancellationToken) -> anyhow::Result<()> {
    let url: ServerUrl = args.url.parse()?;
    let client = Client::from_environment(url.clone());
    // Later a server that is away is waited for; at the start it's more likely that there is none.
    client.call(Method::GET, "/api/v1/boards", &[], Bytes::new()).await?.ok()?;
    eprintln!("playing on the board 'Demo' at {url}; the repository is in {}", args.dir.display());
    play(client, &args.dir, stop).await
}

/// Plays on the board of the scratch repository in `dir` (made when it isn't there) until `stop` is cancelled.
///
/// Goes on where an earlier run ended. A server that restarts is waited for, for two minutes a call.
///
/// # Errors
/// When `dir` holds something else, git isn't there, the server stays away, or the board is deleted.
pub async fn play(client: Client, dir: &Path, stop: CancellationToken) -> anyhow::Result<()> {
    let playing = async {
        let scratch = Scratch::prepare(dir).await?;
        let board = DemoBoard::find_or_make(client.clone(), scratch.path()).await?;
        Stage::new(&board, &scratch).perform().await
    };
    tokio::select! {
        ended = playing => ended,
        () = stop.cancelled() => Ok(()),
    }
}
