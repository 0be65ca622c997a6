//! The contract with the outside: TypeScript, JSON Schema and serde say the same about every message.

use std::collections::BTreeSet;

use boardcast_shared::{SseMsg, codegen};
use serde_json::{Value, json};

/// Messages as they stand on the wire, in the order of [`SseMsg`]; each kind at least once.
const SAMPLES: &[&str] = &[
    r#"{"event":"hello","data":{"serverTime":"2026-01-31T12:00:00.000Z","epoch":"k3v9","headSeq":7,"oldestSeq":1,"heartbeatMs":15000,"replay":"none","boards":["web","api"],"dashboard":true}}"#,
    r#"{"event":"state","data":{"boardId":"web","seq":3,"columns":{"c1":{"id":"c1","key":"inProgress","title":"In progress","cardIds":["k1"]},"c2":{"id":"c2","key":null,"title":"Ideas","cardIds":[]}},"columnOrder":["c1","c2"],"cards":{"k1":{"id":"k1","ticketKey":"WEB-1","title":"Log in","description":null,"ticketType":"feat","isEnhanced":false,"dependsOn":["k2"],"prUrl":"https://example.org/pull/1","createdAt":"2026-01-31T12:00:00.000Z","updatedAt":"2026-01-31T12:00:01.250Z"}}}}"#,
    r#"{"event":"state_patch","data":{"boardId":"web","seq":4,"baseSeq":3,"patch":[{"op":"add","path":"/cards/k2","value":{"any":[1,null]}},{"op":"remove","path":"/cards/k1"},{"op":"replace","path":"/seq","value":4}]}}"#,
    r#"{"event":"heartbeat","data":{"ts":"2026-01-31T12:00:00.000Z","seq":7}}"#,
    r#"{"event":"attempt_started","data":{"boardId":"web","attemptId":"a1","cardId":"k1","agent":"codex","profileId":"fast","branchName":"web-1-log-in","baseBranch":"main","ts":"2026-01-31T12:00:00.000Z"}}"#,
    r#"{"event":"attempt_status","data":{"boardId":"web","attemptId":"a1","cardId":"k1","agent":"codex","status":"failed","previousStatus":"running","needsInput":false,"startedAt":"2026-01-31T12:00:00.000Z","endedAt":null,"error":"exit 1","ts":"2026-01-31T12:00:00.000Z"}}"#,
    r#"{"event":"attempt_status","data":{"boardId":"web","attemptId":"a1","cardId":"k1","agent":"codex","status":"queued","previousStatus":null,"needsInput":false,"startedAt":null,"endedAt":null,"error":null,"ts":"2026-01-31T12:00:00.000Z","replayed":true}}"#,
    r#"{"event":"attempt_log","data":{"boardId":"web","attemptId":"a1","level":"warn","message":"line\nid: 9","ts":"2026-01-31T12:00:00.000Z"}}"#,
    r#"{"event":"conversation_item","data":{"boardId":"web","attemptId":"a1","item":{"type":"message","id":"m1","timestamp":"2026-01-31T12:00:00.000Z","role":"assistant","text":"Done.","format":"markdown"}}}"#,
    r#"{"event":"conversation_item","data":{"boardId":"web","attemptId":"a1","item":{"type":"thinking","id":"m2","timestamp":"2026-01-31T12:00:00.000Z","text":"Hm."}}}"#,
    r#"{"event":"conversation_item","data":{"boardId":"web","attemptId":"a1","item":{"type":"tool","id":"m3","timestamp":"2026-01-31T12:00:00.000Z","tool":{"callId":"t1","name":"shell","kind":"execute","command":"cargo test","status":"succeeded","startedAt":"2026-01-31T12:00:00.000Z","completedAt":null,"exitCode":0,"output":null}}}}"#,
    r#"{"event":"conversation_item","data":{"boardId":"web","attemptId":"a1","item":{"type":"error","id":"m4","timestamp":"2026-01-31T12:00:00.000Z","text":"No."}}}"#,
    r#"{"event":"conversation_item","data":{"boardId":"web","attemptId":"a1","item":{"type":"permission","id":"m5","timestamp":"2026-01-31T12:00:00.000Z","request":{"requestId":"r1","title":"rm -r build","options":[{"optionId":"yes","name":"Allow","kind":"allow_once"}],"outcome":"cancelled"}}}}"#,
    r#"{"event":"attempt_session","data":{"boardId":"web","attemptId":"a1","sessionId":"s-1"}}"#,
    r#"{"event":"attempt_todos","data":{"boardId":"web","attemptId":"a1","todos":{"total":2,"completed":1,"items":[{"id":"1","text":"read","status":"done"},{"id":"2","text":"write","status":"open"}]}}}"#,
    r#"{"event":"git_status","data":{"boardId":"web","attemptId":"","status":{"branch":"main","head":"4f2a9c1","ahead":1,"behind":0,"hasUncommitted":true,"files":[{"path":"b.rs","oldPath":"a.rs","status":"R","staged":true},{"path":"c.rs","oldPath":null,"status":"?","staged":false}],"summary":{"added":0,"modified":0,"deleted":0,"untracked":1,"staged":1},"truncated":false}}}"#,
    r#"{"event":"git_commit","data":{"boardId":"web","attemptId":"a1","shortSha":"4f2a9c1","sha":"4f2a9c1d00000000000000000000000000000000","subject":"feat: log in","ts":"2026-01-31T12:00:00.000Z"}}"#,
    r#"{"event":"git_push","data":{"boardId":"web","attemptId":"a1","remote":"origin","branch":"web-1-log-in","sha":"4f2a9c1d00000000000000000000000000000000","ts":"2026-01-31T12:00:00.000Z"}}"#,
    r#"{"event":"attempt_pr","data":{"boardId":"web","attemptId":"a1","pr":{"number":12,"url":"https://example.org/pull/12","state":"open","draft":true,"merged":false,"title":"feat: log in","headRef":"web-1-log-in","baseRef":"main","createdAt":"2026-01-31T12:00:00.000Z","updatedAt":"2026-01-31T12:00:00.000Z"}}}"#,
    r#"{"event":"agent_profile","data":{"kind":"deleted","profileId":"fast","agent":"codex","label":null}}"#,
    r#"{"event":"agent_registered","data":{"agent":"codex","label":"Codex"}}"#,
    r#"{"event":"dashboard_overview","data":{"timeRange":{"preset":"last_7d","from":null,"to":"2026-01-31T12:00:00.000Z"},"generatedAt":"2026-01-31T12:00:00.000Z","metrics":{"byKey":{"cards.open":{"label":"Open cards","unit":"cards","points":[{"timestamp":"2026-01-31T12:00:00.000Z","value":1.5,"bucketSizeSeconds":86400}],"total":1.5,"trend":"flat"}},"activeAttempts":1,"attemptsInRange":2,"successRateInRange":0.5,"reviewItemsCount":0,"projectsWithActivity":1},"activeAttempts":[{"attemptId":"a1","projectId":"web","projectName":"Web","cardId":"k1","cardTitle":"Log in","ticketKey":"WEB-1","agentId":"codex","status":"running","needsInput":true,"startedAt":null,"updatedAt":"2026-01-31T12:00:00.000Z","elapsedSeconds":60}],"recentAttemptActivity":[{"attemptId":"a0","projectId":"web","projectName":"Web","cardId":"k1","cardTitle":"Log in","ticketKey":"WEB-1","agentId":"codex","status":"failed","occurredAt":"2026-01-31T12:00:00.000Z","durationSeconds":9,"errorSummary":"exit 1"}],"inboxItems":{"needsInput":[],"review":[],"failed":[{"id":"failed:a0","type":"failed","attemptId":"a0","projectId":"web","projectName":"Web","cardId":"k1","cardTitle":"Log in","ticketKey":"WEB-1","agentId":"codex","status":"failed","createdAt":"2026-01-31T12:00:00.000Z","updatedAt":"2026-01-31T12:00:00.000Z","prUrl":null,"errorSummary":"exit 1","stuckForSeconds":null}],"stuck":[],"meta":{"total":1}},"projectSnapshots":[{"projectId":"web","name":"Web","activeAttemptsCount":1,"openCards":1,"totalCards":1,"columnCardCounts":{"backlog":0,"inProgress":1,"review":0,"done":0},"attemptsInRange":2,"failedAttemptsInRange":1,"health":{"activityScore":8,"failureRateInRange":0.5,"isHighActivity":false,"isAtRisk":false}}],"agentStats":[{"agentId":"codex","agentName":"Codex","attemptsStarted":2,"attemptsSucceeded":0,"attemptsFailed":1,"successRate":null,"lastActiveAt":"2026-01-31T12:00:00.000Z"}],"meta":{"version":"v1","availableTimeRangePresets":["last_24h","last_7d","last_30d","last_90d","all_time"]}}}"#,
    r#"{"event":"bye","data":{"reason":"board_deleted","boardId":"web","retryMs":null}}"#,
];

fn samples() -> Vec<(&'static str, SseMsg)> {
    let read = |line: &'static str| (line, serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")));
    SAMPLES.iter().copied().map(read).collect()
}

/// The kind that comes next; a kind that isn't placed here doesn't compile.
fn kind_after(message: &SseMsg) -> Option<&'static str> {
    match message {
        SseMsg::Hello(_) => Some("state"),
        SseMsg::State(_) => Some("state_patch"),
        SseMsg::StatePatch(_) => Some("heartbeat"),
        SseMsg::Heartbeat(_) => Some("attempt_started"),
        SseMsg::AttemptStarted(_) => Some("attempt_status"),
        SseMsg::AttemptStatus(_) => Some("attempt_log"),
        SseMsg::AttemptLog(_) => Some("conversation_item"),
        SseMsg::ConversationItem(_) => Some("attempt_session"),
        SseMsg::AttemptSession(_) => Some("attempt_todos"),
        SseMsg::AttemptTodos(_) => Some("git_status"),
        SseMsg::GitStatus(_) => Some("git_commit"),
        SseMsg::GitCommit(_) => Some("git_push"),
        SseMsg::GitPush(_) => Some("attempt_pr"),
        SseMsg::AttemptPr(_) => Some("agent_profile"),
        SseMsg::AgentProfile(_) => Some("agent_registered"),
        SseMsg::AgentRegistered(_) => Some("dashboard_overview"),
        SseMsg::DashboardOverview(_) => Some("bye"),
        SseMsg::Bye(_) => None,
    }
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&codegen::message_schema()).expect("a schema")
}

/// Every place below `node`, but for what a patch carries: that is any JSON.
fn places(node: &Value, at: &str, found: &mut Vec<String>) {
    let mut visit = |key: &str, child: &Value| {
        let place = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        if !(place.starts_with("/data/patch/") && key == "value") {
            found.push(place.clone());
            places(child, &place, found);
        }
    };
    match node {
        Value::Object(members) => members.iter().for_each(|(key, child)| visit(key, child)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, child)| visit(&index.to_string(), child)),
        _ => {}
    }
}

#[track_caller]
fn refused(validator: &jsonschema::Validator, why: &str, message: &Value) {
    assert!(!validator.is_valid(message), "the schema takes {why}: {message}");
    assert!(serde_json::from_value::<SseMsg>(message.clone()).is_err(), "serde takes {why}: {message}");
}

#[test]
fn the_typescript_in_the_tree_is_the_generated_one() {
    let kept = include_str!("../src/types/kanban.ts");
    assert!(codegen::typescript() == kept, "kanban.ts is out of date: run `cargo xtask codegen`");
}

#[test]
fn every_message_has_a_sample() {
    let samples = samples();
    let told: BTreeSet<&str> = samples.iter().map(|(_, message)| message.event()).collect();
    let followed = samples.iter().filter_map(|(_, message)| kind_after(message)).chain(["hello"]).collect();
    assert_eq!(told, followed);

    let schema = codegen::message_schema();
    let kinds = schema["oneOf"].as_array().expect("a choice of messages").iter();
    let kinds = kinds.map(|kind| kind["properties"]["event"]["const"].as_str().expect("a name")).collect();
    assert_eq!(told, kinds);
}

#[test]
fn every_sample_fits_the_schema() {
    let validator = validator();
    for (line, message) in samples() {
        let message = serde_json::to_value(&message).expect("json");
        let errors: Vec<String> = validator.iter_errors(&message).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}\n{errors:#?}");
    }
}

#[test]
fn a_value_of_another_type_is_refused_anywhere() {
    let validator = validator();
    for (line, _) in samples() {
        let message: Value = serde_json::from_str(line).expect("json");
        let mut found = Vec::new();
        places(&message, "", &mut found);
        for place in found {
            let mut wrong = message.clone();
            let value = wrong.pointer_mut(&place).expect("a place in it");
            *value = if value.is_boolean() { json!(7) } else { json!(true) };
            refused(&validator, &format!("another type at {place}"), &wrong);
        }
    }
}

#[test]
fn an_unknown_field_is_refused_in_every_object() {
    let validator = validator();
    for (line, _) in samples() {
        let message: Value = serde_json::from_str(line).expect("json");
        let mut found = Vec::new();
        places(&message, "", &mut found);
        for place in found {
            let mut wrong = message.clone();
            let Some(Value::Object(members)) = wrong.pointer_mut(&place) else { continue };
            members.insert("unknown".into(), json!(true));
            refused(&validator, &format!("an unknown field at {place}"), &wrong);
        }
    }
}

#[test]
fn an_unknown_event_and_the_data_of_another_are_refused() {
    let validator = validator();
    for (line, message) in samples() {
        let mut wrong: Value = serde_json::from_str(line).expect("json");
        wrong["event"] = json!("nonsense");
        refused(&validator, "an unknown event", &wrong);
        wrong["event"] = json!(if message.event() == "bye" { "hello" } else { "bye" });
        refused(&validator, "the data of another event", &wrong);
    }
}

#[test]
fn every_message_reads_back_to_the_same_bytes() {
    for (line, message) in samples() {
        assert_eq!(serde_json::to_string(&message).expect("json"), line);
    }
}

#[test]
fn event_and_data_are_what_serde_writes() {
    for (line, message) in samples() {
        let data = String::from_utf8(message.data()).expect("json is UTF-8");
        assert_eq!(format!(r#"{{"event":"{}","data":{data}}}"#, message.event()), line);
    }
}
