use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::client::{ClientError, OpenStream, Parsed, SseParser};

/// A state of 10,000 cards with long descriptions is one event.
const MAX_EVENT_BYTES: usize = 64 << 20;

/// A stream while it lasts.
pub(super) struct Open {
    stream: OpenStream,
    parser: SseParser,
    pub(super) opened: Instant,
    heard: Instant,
    /// `hello` was heard.
    pub(super) greeted: bool,
}

impl Open {
    pub(super) fn new(stream: OpenStream) -> Self {
        let now = Instant::now();
        Self { stream, parser: SseParser::new(MAX_EVENT_BYTES), opened: now, heard: now, greeted: false }
    }

    /// Adds what the next bytes complete; an error is the end of it.
    pub(super) async fn read(&mut self, silence: Duration, pending: &mut VecDeque<Parsed>) -> Result<(), Broken> {
        let chunk = timeout_at(self.heard + silence, self.stream.chunk())
            .await
            .map_err(|_| Broken::new(&format!("nothing was heard for {:.1} s", silence.as_secs_f64())))??;
        let chunk = chunk.ok_or_else(|| Broken::new("the stream ended"))?;
        self.heard = Instant::now();
        self.parser.push(&chunk, |parsed| pending.push_back(parsed)).map_err(|error| Broken::new(&error.to_string()))
    }
}

/// Why there is no stream for now.
pub(super) struct Broken {
    pub(super) why: String,
    /// When the server wants to be asked again.
    pub(super) retry_after: Option<Duration>,
}

impl Broken {
    pub(super) fn new(why: &str) -> Self {
        Self { why: why.to_owned(), retry_after: None }
    }
}

impl From<ClientError> for Broken {
    fn from(error: ClientError) -> Self {
        let retry_after = match &error {
            ClientError::Refused { retry_after, .. } => *retry_after,
            _ => None,
        };
        Self { why: error.to_string(), retry_after }
    }
}
