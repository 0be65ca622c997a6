use std::time::Duration;

use anyhow::bail;
use boardcast_shared::{AttemptStatus, Card};
use tokio::time::{Instant, sleep};

use super::board::DemoBoard;

/// A turn takes seconds; what takes longer waits for others, or hangs.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it is looked after.
const LOOK: Duration = Duration::from_millis(250);

/// Has the agent take a card up, waits for its end, and pushes what it committed. Says whether it succeeded.
///
/// # Errors
/// The server refuses or stays away, or the attempt doesn't end.
pub async fn play(board: &DemoBoard, card: &Card, prompt: &str) -> anyhow::Result<bool> {
    let started = board.start(&card.id, prompt).await?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        let attempt = board.attempt(&started.id).await?;
        if attempt.status.is_final() {
            if attempt.status != AttemptStatus::Succeeded {
                return Ok(false);
            }
            board.push(&attempt.id).await?;
            return Ok(true);
        }
        if Instant::now() > give_up {
            bail!("the attempt {} doesn't end", attempt.id);
        }
        sleep(LOOK).await;
    }
}
