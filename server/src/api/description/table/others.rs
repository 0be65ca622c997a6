//! The stream, facts from outside, and what is about the server itself.

use boardcast_shared::{Board, DashboardOverview};
use serde_json::{Map, Value};

use crate::api::connections::{Connections, OpenStreams};
use crate::api::description::Operation;
use crate::api::description::cloudevents::CloudEvent;
use crate::api::description::operation::{Text, reference};
use crate::api::ingest;
use crate::metrics;
use crate::store::Ingested;

pub(crate) fn stream(operation: Operation) -> Operation {
    let id = Text::Like("^[0-9A-Za-z_-]{1,64}$");
    operation
        .summary("The events of some boards, of the dashboard, or of both; /asyncapi.json tells of each")
        .query_many("boardId", "A board; at most 32 of them, and none for the dashboard alone", id)
        .query_many("projectId", "The same as boardId", id)
        .query("dashboard", "1 adds the dashboard to boards", Text::Any)
        .query("state", "How changes of a board are told; `full` when nothing is said", Text::OneOf(&["full", "patch"]))
        .query("lastEventId", "A cursor, for clients that can't set headers", Text::Any)
        .header("Last-Event-ID", "The cursor after which the stream goes on", Text::Any)
        .answers_text("text/event-stream", "The stream")
        .reads()
        .refuses(&["bad_parameter", "not_found"])
}

pub(crate) fn events(operation: Operation) -> Operation {
    operation
        .summary("Takes facts from outside: one CloudEvent or a batch of them")
        .body_as(vec![(ingest::SINGLE, reference::<CloudEvent>), (ingest::BATCH, reference::<Vec<CloudEvent>>)])
        .answers::<Ingested>(202, "What became of each")
        .writes()
        .refuses(&[
            "unknown_board",
            "unknown_card",
            "unknown_attempt",
            "run_here",
            "unknown_dependency",
            "dependency_cycle",
        ])
        .refuses(&["invalid_state", "too_many_columns", "too_many_cards", "too_many_dependencies"])
}

pub(crate) fn dashboard(operation: Operation) -> Operation {
    let presets = Text::OneOf(&["last_24h", "last_7d", "last_30d", "last_90d", "all_time"]);
    operation
        .summary("All boards at one look; of the last 7 days when no range is given")
        .query("timeRangePreset", "A range by its name; not together with the others", presets)
        .query("from", "A time, together with `to`", Text::Any)
        .query("to", "A time after `from`", Text::Any)
        .answers::<DashboardOverview>(200, "The overview")
        .placed()
        .reads()
        .refuses(&["bad_parameter"])
}

pub(crate) fn connections(operation: Operation) -> Operation {
    operation.summary("Streams by what they carry").answers::<Connections>(200, "How many there are")
}

pub(crate) fn connection_streams(operation: Operation) -> Operation {
    operation
        .summary("Each stream by itself, for whoever operates the server")
        .answers::<OpenStreams>(200, "The streams that are furthest behind, then the oldest ones; at most 500")
}

pub(crate) fn demo(operation: Operation) -> Operation {
    operation
        .summary("Plays the demo on a scratch repository under the data directory")
        .answers::<Board>(200, "The demo's board")
        .placed()
        .reads()
        .refuses(&["demo_unavailable"])
}

pub(crate) fn openapi(operation: Operation) -> Operation {
    operation.summary("This document").answers::<Map<String, Value>>(200, "OpenAPI 3.1")
}

pub(crate) fn asyncapi(operation: Operation) -> Operation {
    operation.summary("The stream and the facts from outside").answers::<Map<String, Value>>(200, "AsyncAPI 3")
}

pub(crate) fn alive(operation: Operation) -> Operation {
    operation.summary("Whether the process is alive").answers_text("text/plain; charset=utf-8", "It is")
}

pub(crate) fn ready(operation: Operation) -> Operation {
    operation
        .summary("Whether the server takes requests")
        .answers_text("text/plain; charset=utf-8", "It does")
        .refuses(&["draining"])
}

pub(crate) fn metrics(operation: Operation) -> Operation {
    operation
        .summary("What the server counts about itself, for Prometheus")
        .answers_text(metrics::CONTENT_TYPE, "The counts in OpenMetrics 1.0")
}
