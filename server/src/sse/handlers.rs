//! What a stream is asked for, and what it is told first.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{BoardId, Cursor, Hello, Replay, SseMsg, is_id};
use bytes::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{StatusCode, Uri};

use super::bus::StateMode;
use super::census;
use super::frame;
use super::reader::{Opening, Reader};
use super::stream::{EventStream, First, HEARTBEAT};
use crate::access::Access;
use crate::api::problem::Problem;
use crate::http::caller::Caller;
use crate::http::flow::Flow;
use crate::http::limits::Holder;
use crate::http::takeover::Streaming;
use crate::metrics::{Kind, ResetReason};
use crate::state::AppState;

/// The most boards of one stream.
const MAX_BOARDS: usize = 32;

/// `GET /sse`: the events of some boards, of the dashboard, or of both.
///
/// # Errors
/// Whatever is wrong with the request; after the first byte there is no error, only an end.
pub async fn stream(
    State(state): State<AppState>,
    access: Access,
    uri: Uri,
    headers: HeaderMap,
    caller: Option<axum::Extension<Caller>>,
    flow: Option<axum::Extension<Arc<Flow>>>,
) -> Result<Response, Problem> {
    let asked = Asked::parse(&uri, &headers)?;
    let boards = access.readable(asked.boards)?;
    if state.shutdown.is_draining() {
        return Err(Problem::draining());
    }
    let token = access.may_end().then(|| Holder::Token(access.name().to_owned()));
    let admitted =
        state.admissions.stream(caller.map(|caller| Holder::Address(caller.address)).into_iter().chain(token))?;
    let kind = match (asked.dashboard, boards.is_empty()) {
        (false, _) => Kind::Board,
        (true, true) => Kind::Dashboard,
        (true, false) => Kind::Both,
    };
    let mut reader = state
        .bus
        .join(&state.store, &boards, asked.dashboard.then(|| access.boards()), asked.mode)
        .await
        .map_err(|error| Problem::from(error).naming_board(&boards))?;
    if asked.dashboard {
        state.dashboard.refresh(access.boards()).await?;
    }
    let replay = replay(&state, &boards, &asked.cursor, &mut reader).await?;
    let opening = match replay {
        Replay::Tail => None,
        Replay::None | Replay::Reset => Some(reader.open()),
    };
    let head_seq = opening.as_ref().map_or_else(|| state.store.head().max(reader.cursor()), |opening| opening.head);
    let place = reader.enter(census::Asked {
        boards: boards.clone(),
        dashboard: asked.dashboard,
        mode: asked.mode,
        opened_at: state.clock.now(),
    });
    let hello = Hello {
        server_time: state.clock.now(),
        epoch: state.store.epoch().to_owned(),
        head_seq,
        oldest_seq: Some(state.store.oldest()).filter(|oldest| *oldest > 0).unwrap_or(head_seq + 1),
        heartbeat_ms: u64::try_from(HEARTBEAT.as_millis()).unwrap_or(u64::MAX),
        replay,
        boards,
        dashboard: asked.dashboard,
    };
    let last_id = if replay == Replay::Tail { reader.cursor() } else { head_seq };
    let overview = reader.overview();
    let versions = opening.as_ref().map(|opening| opening.versions.clone()).unwrap_or_default();
    let mut frames = first_frames(hello, opening, state.store.epoch());
    // After a served cursor; a fresh opening ends with it.
    frames.extend(overview);
    let missed = (replay == Replay::Tail && last_id < head_seq).then_some(head_seq);
    let first = First { frames, versions, last_id, replay_to: missed };
    let presence = state.metrics.streams().enter(kind, admitted);
    let flow = flow.map(|flow| flow.0);
    let stream = EventStream::new(first, reader, state.store.clone(), state.clock.clone(), flow, presence, place);
    Ok(response(if access.may_end() { stream.on_leash(access.ended()) } else { stream }))
}

/// What a request for a stream asks for.
struct Asked {
    boards: Vec<BoardId>,
    dashboard: bool,
    mode: StateMode,
    cursor: AskedCursor,
}

enum AskedCursor {
    None,
    Some(Cursor),
    /// Something that was never a cursor of ours.
    Nonsense,
}

impl Asked {
    fn parse(uri: &Uri, headers: &HeaderMap) -> Result<Self, Problem> {
        let mut boards: Vec<BoardId> = Vec::new();
        let mut dashboard = false;
        let mut mode = None;
        let mut cursors: Vec<String> = Vec::new();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match &*name {
                "boardId" | "projectId" => {
                    let id = if is_id(&value) { BoardId::parse(&value).ok() } else { None };
                    let id = id.ok_or_else(|| Problem::bad_parameter(&name, "is not the id of a board"))?;
                    if !boards.contains(&id) {
                        boards.push(id);
                    }
                }
                "dashboard" => dashboard = value == "1",
                "state" => {
                    let asked = match &*value {
                        "full" => StateMode::Full,
                        "patch" => StateMode::Patch,
                        _ => return Err(Problem::bad_parameter("state", "must be full or patch")),
                    };
                    if mode.replace(asked).is_some_and(|other| other != asked) {
                        return Err(Problem::bad_parameter("state", "must be given once"));
                    }
                }
                "lastEventId" => cursors.push(value.into_owned()),
                _ => {}
            }
        }
        if boards.len() > MAX_BOARDS {
            return Err(Problem::bad_parameter("boardId", &format!("may name at most {MAX_BOARDS} boards")));
        }
        Ok(Self {
            dashboard: dashboard || boards.is_empty(),
            boards,
            mode: mode.unwrap_or(StateMode::Full),
            cursor: asked_cursor(headers, cursors),
        })
    }
}

/// The header wins over the query; an empty one is as none; more than one is nonsense.
fn asked_cursor(headers: &HeaderMap, query: Vec<String>) -> AskedCursor {
    let header: Vec<String> = headers
        .get_all("last-event-id")
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let given = |values: Vec<String>| match values.as_slice() {
        [] => None,
        [one] if one.is_empty() => None,
        [one] => Some(Cursor::parse(one)),
        _ => Some(None),
    };
    match given(header).or_else(|| given(query)) {
        None => AskedCursor::None,
        Some(Some(cursor)) => AskedCursor::Some(cursor),
        Some(None) => AskedCursor::Nonsense,
    }
}

/// How the cursor is answered; a served one is where the reader goes on.
async fn replay(
    state: &AppState,
    boards: &[BoardId],
    asked: &AskedCursor,
    reader: &mut Reader,
) -> Result<Replay, Problem> {
    let reset = |reason: ResetReason| {
        state.metrics.streams().reset(reason);
        Replay::Reset
    };
    let cursor = match asked {
        AskedCursor::None => return Ok(Replay::None),
        AskedCursor::Nonsense => return Ok(reset(ResetReason::Nonsense)),
        AskedCursor::Some(cursor) => cursor.clone(),
    };
    if cursor.epoch != state.store.epoch() {
        return Ok(reset(ResetReason::Epoch));
    }
    let asked = boards.to_vec();
    let horizons = state.store.read(move |log| log.horizons(&asked)).await?;
    let kept = |horizon: &Option<u64>| horizon.is_some_and(|horizon| horizon <= cursor.seq);
    // The future begins after what is committed: that may be seen a moment before all of it is published.
    if cursor.seq > horizons.head {
        return Ok(reset(ResetReason::Future));
    }
    if horizons.agents > cursor.seq || !horizons.boards.iter().all(kept) {
        return Ok(reset(ResetReason::Trimmed));
    }
    reader.resume(cursor.seq);
    Ok(Replay::Tail)
}

/// `retry`, `hello`, and the opening with its id on the last frame.
fn first_frames(hello: Hello, opening: Option<Opening>, epoch: &str) -> Vec<Bytes> {
    let mut frames = vec![[frame::retry(), frame::message(&SseMsg::Hello(hello))].concat().into()];
    if let Some(mut opening) = opening
        && let Some(last) = opening.frames.pop()
    {
        frames.extend(opening.frames);
        frames.push(frame::id_line(epoch, opening.head));
        frames.push(last);
    }
    frames
}

fn response(stream: EventStream) -> Response {
    let mut response = Response::new(Body::new(stream));
    *response.status_mut() = StatusCode::OK;
    response.extensions_mut().insert(Streaming);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
