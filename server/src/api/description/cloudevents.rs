//! The facts that `POST /events` takes [CloudEvents 1.0].

use std::borrow::Cow;

use boardcast_shared::{
    AgentProfileChanged, AgentRegistered, AttemptPr, AttemptSession, AttemptTodos, ConversationAppended,
    GitStatusChanged, Time,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::operation::{Schemas, reference};
use crate::api::ingest::BoardChanged;
use crate::domain::report::{
    ReportedCommit, ReportedLog, ReportedPush, ReportedQueued, ReportedStarted, ReportedStatus, ReportedStopped,
};
use crate::domain::text::white_space;

/// Each `type` with its `data`.
pub(super) const TYPES: &[(&str, Schemas)] = &[
    ("board.state.changed", reference::<BoardChanged>),
    ("attempt.queued", reference::<ReportedQueued>),
    ("attempt.started", reference::<ReportedStarted>),
    ("attempt.status.changed", reference::<ReportedStatus>),
    ("attempt.log.appended", reference::<ReportedLog>),
    ("attempt.conversation.appended", reference::<ConversationAppended>),
    ("attempt.session.recorded", reference::<AttemptSession>),
    ("attempt.todos.updated", reference::<AttemptTodos>),
    ("attempt.stopped", reference::<ReportedStopped>),
    ("git.status.changed", reference::<GitStatusChanged>),
    ("git.commit.created", reference::<ReportedCommit>),
    ("git.push.completed", reference::<ReportedPush>),
    ("github.pr.created", reference::<AttemptPr>),
    ("github.pr.updated", reference::<AttemptPr>),
    ("agent.profile.changed", reference::<AgentProfileChanged>),
    ("agent.registered", reference::<AgentRegistered>),
];

/// A URI reference, as far as it is looked at.
const SOURCE: &str = concat!(r"^[^\u0000-\u001f\u007f-\u009f", white_space!(), r#"<>"{}|\\^`]+$"#);

/// The schema of the attribute `time`.
pub(super) const TIME: Schemas = reference::<Time>;

/// One fact in its envelope.
pub struct CloudEvent;

impl JsonSchema for CloudEvent {
    fn schema_name() -> Cow<'static, str> {
        "CloudEvent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let time = TIME(generator).to_value();
        let kinds = TYPES.iter().map(|(kind, data)| envelope(kind, data(generator).to_value(), &time));
        let kinds: Vec<Value> = kinds.collect();
        json_schema!({ "oneOf": kinds })
    }
}

/// One fact in its envelope; extension attributes may be there and aren't looked at.
pub(super) fn envelope(kind: &str, data: Value, time: &Value) -> Value {
    let optional = json!({ "type": ["string", "null"], "minLength": 1 });
    json!({
        "title": kind,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "minLength": 1, "maxLength": 2048 },
            "source": { "type": "string", "maxLength": 2048, "pattern": SOURCE },
            "type": { "const": kind },
            "datacontenttype": {
                "type": ["string", "null"],
                "pattern": r"^(application/json|[0-9a-z.-]+/[0-9a-z.-]+\+json)(;[^\u0000-\u001f]*)?$",
            },
            "dataschema": optional,
            "subject": optional,
            "time": { "anyOf": [time, { "type": "null" }] },
            "data": data,
        },
    })
}
