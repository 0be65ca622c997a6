//! `POST /events`: facts from outside, as CloudEvents 1.0 in structured or batched mode.

use axum::extract::{Request, State};
use axum::response::Response;
use boardcast_shared::{
    AttemptPr, AttemptStatus, BoardId, ConversationAppended, ConversationItem, LogLevel, Time, is_id,
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body::{self, MAX_LARGE_BODY};
use super::call::{cause, written};
use super::fields::WholeBoard;
use super::problem::Problem;
use crate::access::Access;
use crate::agents::{TEXT_LIMIT, cut};
use crate::domain::report::{
    Report, ReportedCommit, ReportedLog, ReportedQueued, ReportedStarted, ReportedStopped, STOPPED_BY_USER,
};
use crate::domain::rights::Right;
use crate::domain::text::{HttpUrl, Label, LongText, Title, check_subject};
use crate::secrets::{redact_all, redacted};
use crate::state::AppState;
use crate::store::{Answer, Reported, Subject, unknown_board};

/// One event.
pub const SINGLE: &str = "application/cloudevents+json";
/// A list of events.
pub const BATCH: &str = "application/cloudevents-batch+json";
/// Batches larger than this are parsed aside, so that other requests go on meanwhile.
const PARSE_ASIDE: usize = 64 * 1024;

pub async fn take(State(state): State<AppState>, access: Access, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let batched = match body::media_type(&parts.headers).as_deref() {
        Some(SINGLE) => false,
        Some(BATCH) => true,
        _ => return Err(body::unsupported(&format!("{SINGLE} or {BATCH}"))),
    };
    let bytes = body::read(&state, &parts.headers, body, MAX_LARGE_BODY).await?;
    let cause = cause(&parts, &bytes)?;
    let by = cause.by.clone();
    let batch = if bytes.len() > PARSE_ASIDE {
        tokio::task::spawn_blocking(move || parse(&bytes, batched)).await??
    } else {
        parse(&bytes, batched)?
    };
    may_report(&access, &batch, batched)?;
    let answer = state
        .store
        .answer(cause, move |tx| Ok(Answer::json(202, &tx.ingest(batch, batched, &by)?, Subject::default())))
        .await?;
    Ok(written(&state, answer))
}

/// A board of which the caller doesn't know is as one that isn't there; agent facts are everybody's.
fn may_report(access: &Access, batch: &[Reported], batched: bool) -> Result<(), Problem> {
    for (at, reported) in batch.iter().enumerate() {
        match reported.report.board() {
            None => access.has_everywhere(Right::Ingest)?,
            Some(board) if access.knows(board) => access.has(Right::Ingest)?,
            Some(board) => return Err(unknown_board(board, batched.then_some(at)).into()),
        }
    }
    Ok(())
}

fn parse(bytes: &Bytes, batched: bool) -> Result<Vec<Reported>, Problem> {
    let document = body::value(bytes)?;
    let events = match (document, batched) {
        (Value::Array(events), true) => events,
        (event @ Value::Object(_), false) => vec![event],
        (_, true) => return Err(Problem::invalid("body", "must be a JSON array of events")),
        (_, false) => return Err(Problem::invalid("body", "must be one event, a JSON object")),
    };
    events.into_iter().enumerate().map(|(at, event)| envelope(event, &|field| place(batched, at, field))).collect()
}

fn place(batched: bool, at: usize, field: &str) -> String {
    if batched { format!("[{at}].{field}") } else { field.to_owned() }
}

type Place<'a> = &'a dyn Fn(&str) -> String;

/// The context attributes [CloudEvents 1.0 3.1]; extensions are not looked at.
fn envelope(event: Value, place: Place<'_>) -> Result<Reported, Problem> {
    let wrong = |field: &str, detail: &str| Problem::invalid(&place(field), detail);
    let Value::Object(mut event) = event else { return Err(wrong("", "must be a JSON object")) };
    let mut text = |name: &str| match event.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(_) => Err(wrong(name, "must be a text that isn't empty")),
        None => Err(wrong(name, "is missing")),
    };
    let (id, source, kind, version) = (text("id")?, text("source")?, text("type")?, text("specversion")?);
    if version != "1.0" {
        return Err(wrong("specversion", "must be 1.0"));
    }
    for (name, value) in [("id", &id), ("source", &source)] {
        if value.len() > 2048 {
            return Err(wrong(name, "must have at most 2048 bytes"));
        }
    }
    if source.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c)) {
        return Err(wrong("source", "must be a URI reference"));
    }
    optional_attributes(&event, &wrong)?;
    let data = match event.remove("data") {
        Some(data @ Value::Object(_)) => data,
        Some(_) => return Err(wrong("data", "must be a JSON object")),
        None if event.contains_key("data_base64") => return Err(wrong("data_base64", "is not taken: send data")),
        None => return Err(wrong("data", "is missing")),
    };
    let mut data = data;
    redact_all(&mut data);
    let report = report(&kind, data, place)?;
    Ok(Reported { source: redacted(source), id, report })
}

fn optional_attributes(event: &Map<String, Value>, wrong: &dyn Fn(&str, &str) -> Problem) -> Result<(), Problem> {
    for name in ["datacontenttype", "dataschema", "subject", "time"] {
        match event.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if !text.is_empty() => {
                if name == "time" && Time::parse(text).is_none() {
                    return Err(wrong(name, "must be an RFC 3339 time"));
                }
                let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                if name == "datacontenttype" && essence != "application/json" && !essence.ends_with("+json") {
                    return Err(wrong(name, "must be application/json"));
                }
            }
            Some(_) => return Err(wrong(name, "must be a text that isn't empty")),
        }
    }
    Ok(())
}

fn report(kind: &str, data: Value, place: Place<'_>) -> Result<Report, Problem> {
    fn read<T: DeserializeOwned>(data: Value, place: Place<'_>) -> Result<T, Problem> {
        body::from_value(data, &place("data"))
    }
    let report = match kind {
        "board.state.changed" => {
            let whole: BoardChanged = read(data, place)?;
            Report::BoardState(whole.board_id, whole.state.into())
        }
        "attempt.queued" => Report::Queued(read(data, place)?),
        "attempt.started" => Report::Started(read(data, place)?),
        "attempt.status.changed" => Report::Status(read(data, place)?),
        "attempt.log.appended" => Report::Log(read(data, place)?),
        "attempt.conversation.appended" => {
            let mut fact: ConversationAppended = read(data, place)?;
            bound(&mut fact.item);
            Report::Conversation(fact)
        }
        "attempt.session.recorded" => Report::Session(read(data, place)?),
        "attempt.todos.updated" => Report::Todos(read(data, place)?),
        "attempt.stopped" => Report::Stopped(read(data, place)?),
        "git.status.changed" => Report::GitStatus(read(data, place)?),
        "git.commit.created" => Report::GitCommit(read(data, place)?),
        "git.push.completed" => Report::GitPush(read(data, place)?),
        "github.pr.created" => Report::PrCreated(read(data, place)?),
        "github.pr.updated" => Report::PrUpdated(read(data, place)?),
        "agent.profile.changed" => Report::Profile(read(data, place)?),
        "agent.registered" => Report::Agent(read(data, place)?),
        _ => return Err(Problem::invalid(&place("type"), &format!("{kind} is not an event of Boardcast"))),
    };
    check(&report).map_err(|(field, detail)| Problem::invalid(&place(&format!("data.{field}")), &detail))?;
    Ok(report)
}

/// An item's text and output are cut as those of agents that are run here are.
fn bound(item: &mut ConversationItem) {
    let text = match item {
        ConversationItem::Message { text, .. }
        | ConversationItem::Thinking { text, .. }
        | ConversationItem::Error { text, .. } => Some(text),
        ConversationItem::Tool { tool, .. } => tool.output.as_mut(),
        ConversationItem::Permission { .. } => None,
    };
    if let Some(text) = text {
        *text = cut(std::mem::take(text), TEXT_LIMIT, 0);
    }
}

/// `board.state.changed`: the whole board.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ReportedBoard")]
pub struct BoardChanged {
    board_id: BoardId,
    state: WholeBoard,
}

/// What the types don't say: the texts of a report follow the same rules as everywhere.
fn check(report: &Report) -> Result<(), (&'static str, String)> {
    let at = |field: &'static str| move |detail: String| (field, detail);
    match report {
        Report::Queued(ReportedQueued { agent, status, .. }) => {
            check_agent(agent.as_deref())?;
            match status {
                None | Some(AttemptStatus::Queued) => Ok(()),
                Some(_) => Err(("status", "must be queued".into())),
            }
        }
        Report::Started(ReportedStarted { agent, .. }) => check_agent(Some(agent)),
        Report::Status(status) => check_agent(status.agent.as_deref()),
        Report::Log(ReportedLog { message, .. }) => {
            LongText::try_from(message.clone()).map(drop).map_err(at("message"))
        }
        Report::Stopped(ReportedStopped { level, message, .. }) => {
            if level.is_some_and(|level| level != LogLevel::Info) {
                return Err(("level", "must be info".into()));
            }
            match message.as_deref() {
                None | Some(STOPPED_BY_USER) => Ok(()),
                Some(_) => Err(("message", format!("must be {STOPPED_BY_USER:?}"))),
            }
        }
        Report::GitCommit(ReportedCommit { subject, .. }) => check_subject(subject).map_err(at("subject")),
        Report::PrCreated(AttemptPr { pr, .. }) | Report::PrUpdated(AttemptPr { pr, .. }) => {
            HttpUrl::try_from(pr.url.clone()).map_err(at("pr.url"))?;
            Title::try_from(pr.title.clone()).map(drop).map_err(at("pr.title"))
        }
        Report::Profile(profile) => check_label(profile.label.as_ref()),
        Report::Agent(agent) => check_label(agent.label.as_ref()),
        Report::BoardState(..)
        | Report::Conversation(_)
        | Report::Session(_)
        | Report::Todos(_)
        | Report::GitStatus(_)
        | Report::GitPush(_) => Ok(()),
    }
}

fn check_agent(agent: Option<&str>) -> Result<(), (&'static str, String)> {
    match agent {
        Some(agent) if !agent.is_empty() && !is_id(agent) => Err(("agent", "must be an id, or empty".into())),
        _ => Ok(()),
    }
}

fn check_label(label: Option<&String>) -> Result<(), (&'static str, String)> {
    label.map_or(Ok(()), |label| Label::try_from(label.clone()).map(drop).map_err(|detail| ("label", detail)))
}
