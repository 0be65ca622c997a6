use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context, bail};
use boardcast::client::{Client, Frame, OpenStream, Parsed, SseParser};
use boardcast_shared::Hello;

/// A whole board may be a frame.
const MAX_EVENT_BYTES: usize = 32 << 20;
const NEXT_TIMEOUT: Duration = Duration::from_secs(60);

/// A stream read frame by frame, for what has to be known exactly.
pub struct Reader {
    stream: OpenStream,
    parser: SseParser,
    parsed: VecDeque<Frame>,
    /// What came so far, without HTTP's own.
    pub bytes: usize,
}

impl Reader {
    /// Opens the stream at `path` and reads its `hello`.
    pub async fn open(client: &Client, path: &str) -> anyhow::Result<(Self, Hello)> {
        let stream = client.open(path, &[]).await?;
        if stream.status() != 200 {
            bail!("no stream at {path}: {}", stream.status());
        }
        let parser = SseParser::new(MAX_EVENT_BYTES);
        let mut reader = Self { stream, parser, parsed: VecDeque::new(), bytes: 0 };
        let first = reader.next().await?;
        let hello = serde_json::from_str(&first.data).context("the first frame is no hello")?;
        Ok((reader, hello))
    }

    /// The next frame.
    pub async fn next(&mut self) -> anyhow::Result<Frame> {
        loop {
            if let Some(frame) = self.parsed.pop_front() {
                return Ok(frame);
            }
            let chunk =
                tokio::time::timeout(NEXT_TIMEOUT, self.stream.chunk()).await.context("a stream is silent")??;
            let chunk = chunk.context("a stream ended")?;
            self.bytes += chunk.len();
            let parsed = &mut self.parsed;
            self.parser.push(&chunk, |found| {
                if let Parsed::Frame(frame) = found {
                    parsed.push_back(frame);
                }
            })?;
        }
    }

    /// Reads on to the event `seq`, or to one that stands for it.
    pub async fn until(&mut self, seq: u64) -> anyhow::Result<()> {
        while self::seq(&self.next().await?).is_none_or(|at| at < seq) {}
        Ok(())
    }
}

/// The seq in a frame's id.
pub fn seq(frame: &Frame) -> Option<u64> {
    frame.id.as_deref().and_then(seq_of)
}

/// The seq in a cursor.
pub fn seq_of(cursor: &str) -> Option<u64> {
    cursor.rsplit_once('-')?.1.parse().ok()
}
