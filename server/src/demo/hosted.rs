use std::path::PathBuf;
use std::sync::Arc;

use boardcast_shared::BoardId;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::board::DemoBoard;
use super::scratch::Scratch;
use crate::client::Client;

/// The demo that a server plays itself, on a scratch repository among its data. Cheap to clone.
#[derive(Clone)]
pub struct HostedDemo(Arc<Hosted>);

struct Hosted {
    client: Client,
    dir: PathBuf,
    stop: CancellationToken,
    playing: Mutex<Option<JoinHandle<()>>>,
}

impl HostedDemo {
    /// Plays nothing yet. What it will play against the server of `client` ends when `stop` is cancelled.
    #[must_use]
    pub fn new(client: Client, dir: PathBuf, stop: CancellationToken) -> Self {
        Self(Arc::new(Hosted { client, dir, stop, playing: Mutex::default() }))
    }

    /// Whether it has played among these data before.
    #[must_use]
    pub fn has_played(&self) -> bool {
        self.0.dir.exists()
    }

    /// Plays from now on, if it doesn't yet. Gives the board that it plays on.
    ///
    /// # Errors
    /// Git isn't there, or the folder of the scratch repository can't be used.
    pub async fn start(&self) -> anyhow::Result<BoardId> {
        let Hosted { client, dir, stop, playing } = &*self.0;
        // Two who ask at once get the same board.
        let mut playing = playing.lock().await;
        let client = client.clone();
        let scratch = Scratch::prepare(dir).await?;
        let board = DemoBoard::find_or_make(client.clone(), scratch.path()).await?;
        if playing.as_ref().is_none_or(JoinHandle::is_finished) {
            let (dir, stop) = (dir.clone(), stop.clone());
            *playing = Some(tokio::spawn(async move {
                if let Err(error) = super::play(client, &dir, stop).await {
                    tracing::warn!("the demo ended: {error:#}");
                }
            }));
        }
        Ok(board.id().clone())
    }
}
