mod open;

use std::collections::VecDeque;
use std::time::Duration;

use boardcast_shared::{Bye, ByeReason, Hello, Replay};
use hyper::header::HeaderValue;
use tokio::time::{Instant, sleep_until};

use super::backoff::MAX_DELAY;
use super::{Backoff, Channels, Client, ClientError, Frame, Jitter, Parsed};
use open::{Broken, Open};

/// What a stream must outlive before the waits begin anew.
const PROVEN: Duration = Duration::from_secs(5);
/// Until `hello` says otherwise.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a followed stream brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// An event. `hello` tells that the stream is live again, and how the cursor was answered.
    Frame(Frame),
    /// The stream broke or could not be opened; the next call waits and tries again.
    Lost {
        /// What happened, in words.
        why: String,
        /// How long the wait is.
        retry_in: Duration,
    },
}

/// Why a followed stream will never bring anything again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamEnd {
    /// The server refuses it, and would again.
    #[error("the server refuses the stream: {status}: {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The reason in words.
        detail: String,
    },
    /// There is no board left to follow.
    #[error("the board was deleted")]
    BoardDeleted,
    /// The right to read was withdrawn.
    #[error("the right to read was withdrawn")]
    AccessRevoked,
}

/// A stream that comes back by itself, from where it was.
///
/// It never gives up while there is hope: waits of 1.5, 3, 6, 12, 12, … seconds, each up to a fifth shorter. A frame
/// counts as seen when it has been handed out, so that none is lost with a connection.
pub struct Follow {
    client: Client,
    channels: Channels,
    cursor: Option<String>,
    backoff: Backoff,
    heartbeat: Duration,
    /// Parsed and not yet handed out; what one read of the socket completes.
    pending: VecDeque<Parsed>,
    state: State,
}

enum State {
    /// To be opened then.
    Waiting(Instant),
    Open(Box<Open>),
    /// It said goodbye; to be told as lost.
    Parted {
        why: String,
        retry_in: Duration,
    },
    Ended(StreamEnd),
}

impl Follow {
    /// Follows `channels` from their present state on.
    #[must_use]
    pub fn new(client: Client, channels: Channels) -> Self {
        Self {
            client,
            channels,
            cursor: None,
            backoff: Backoff::new(Jitter::On),
            heartbeat: HEARTBEAT,
            pending: VecDeque::new(),
            state: State::Waiting(Instant::now()),
        }
    }

    /// Goes on after `cursor`.
    #[must_use]
    pub fn after(mut self, cursor: &str) -> Self {
        self.move_cursor(cursor);
        self
    }

    /// Whether waits are shortened by chance; on unless a test says otherwise.
    #[must_use]
    pub fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.backoff = Backoff::new(jitter);
        self
    }

    /// Where it stands: the id of the last event handed out that had one.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Forgets where it was: the next frames are a fresh opening.
    pub fn start_afresh(&mut self) {
        self.cursor = None;
        self.pending.clear();
        self.state = State::Waiting(Instant::now());
    }

    /// What happens next. Cancel safe: no frame is lost by it.
    ///
    /// # Errors
    /// [`StreamEnd`], from then on with every call.
    pub async fn next(&mut self) -> Result<Happening, StreamEnd> {
        loop {
            while let Some(parsed) = self.pending.pop_front() {
                if let Some(frame) = self.hand_out(parsed) {
                    return Ok(Happening::Frame(frame));
                }
            }
            match &mut self.state {
                State::Ended(end) => return Err(end.clone()),
                State::Parted { why, retry_in } => {
                    let (why, retry_in) = (std::mem::take(why), *retry_in);
                    return Ok(self.wait(why, retry_in));
                }
                State::Waiting(until) => {
                    sleep_until(*until).await;
                    match self.open().await? {
                        Ok(open) => self.state = State::Open(Box::new(open)),
                        Err(error) => return Ok(self.lost(error)),
                    }
                }
                State::Open(open) => {
                    let silence = self.heartbeat.mul_f64(2.5);
                    if let Err(error) = open.read(silence, &mut self.pending).await {
                        return Ok(self.lost(error));
                    }
                }
            }
        }
    }

    /// The inner error may pass, the outer one will not.
    async fn open(&mut self) -> Result<Result<Open, Broken>, StreamEnd> {
        let cursor = self.cursor.as_deref().map(|cursor| ("last-event-id", cursor));
        let stream = match self.client.open(&self.channels.path(), cursor.as_slice()).await {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error.into())),
        };
        if stream.status() == 200 {
            return Ok(if stream.is_event_stream() {
                Ok(Open::new(stream))
            } else {
                Err(Broken::new("what answers there is no event stream"))
            });
        }
        match stream.into_answer().await.and_then(super::Answer::ok) {
            Ok(answer) => Err(self.end(StreamEnd::Refused { status: answer.status, detail: "no stream".into() })),
            Err(ClientError::Refused { status, detail, .. })
                if (400..500).contains(&status) && !matches!(status, 408 | 425 | 429) =>
            {
                Err(self.end(StreamEnd::Refused { status, detail }))
            }
            Err(error) => Ok(Err(error.into())),
        }
    }

    fn hand_out(&mut self, parsed: Parsed) -> Option<Frame> {
        let frame = match parsed {
            Parsed::Retry(retry) => {
                self.backoff.begin_with(retry);
                return None;
            }
            Parsed::Id(id) => {
                self.move_cursor(&id);
                return None;
            }
            Parsed::Frame(frame) => frame,
        };
        if let Some(id) = &frame.id {
            self.move_cursor(id);
        }
        match frame.event.as_str() {
            "hello" => self.greet(&frame.data),
            "bye" => self.part(&frame.data),
            _ => {}
        }
        Some(frame)
    }

    /// An id that no header can carry is none.
    fn move_cursor(&mut self, id: &str) {
        let usable = !id.is_empty() && HeaderValue::from_str(id).is_ok();
        self.cursor = usable.then(|| id.to_owned());
    }

    fn greet(&mut self, data: &str) {
        let Ok(hello) = serde_json::from_str::<Hello>(data) else { return };
        self.heartbeat = Duration::from_millis(hello.heartbeat_ms.clamp(100, 600_000));
        if hello.replay != Replay::Tail {
            self.cursor = None;
        }
        if let State::Open(open) = &mut self.state {
            open.greeted = true;
        }
    }

    fn part(&mut self, data: &str) {
        let Ok(bye) = serde_json::from_str::<Bye>(data) else { return };
        self.state = match bye.reason {
            ByeReason::AccessRevoked => State::Ended(StreamEnd::AccessRevoked),
            ByeReason::BoardDeleted => {
                self.channels.boards.retain(|board| Some(board) != bye.board_id.as_ref());
                if self.channels.boards.is_empty() {
                    State::Ended(StreamEnd::BoardDeleted)
                } else {
                    State::Parted { why: "a board was deleted".into(), retry_in: Duration::ZERO }
                }
            }
            ByeReason::Shutdown => {
                self.backoff.reset();
                let asked = bye.retry_ms.map(Duration::from_millis);
                let retry_in = asked.unwrap_or_else(|| self.backoff.next_delay()).min(MAX_DELAY);
                State::Parted { why: "the server shut down".into(), retry_in }
            }
        };
    }

    fn lost(&mut self, broken: Broken) -> Happening {
        if let State::Open(open) = &self.state
            && open.greeted
            && open.opened.elapsed() >= PROVEN
        {
            self.backoff.reset();
        }
        let delay = self.backoff.next_delay();
        self.wait(broken.why, broken.retry_after.map_or(delay, |asked| asked.min(MAX_DELAY)))
    }

    fn wait(&mut self, why: String, retry_in: Duration) -> Happening {
        self.state = State::Waiting(Instant::now() + retry_in);
        Happening::Lost { why, retry_in }
    }

    fn end(&mut self, end: StreamEnd) -> StreamEnd {
        self.state = State::Ended(end.clone());
        end
    }
}

#[cfg(test)]
mod tests;
