//! Requests made out of the document find nothing that it doesn't tell of, and nothing goes wrong.

mod calls;
mod mutations;
mod values;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::document;
use super::world::World;
use calls::{Body, Call};

/// So many rounds of requests unless `PROPTEST_CASES` says otherwise; given that, the chances are others each time.
const ROUNDS: u32 = 100;

/// What requests can name.
struct There {
    known: Vec<(&'static str, String)>,
}

impl There {
    async fn make(world: &World) -> Self {
        let board = world.board("Fuzzed").await;
        let card = world.card(&board, "first").await;
        let column = world.column(&board, 1).await;
        let attempt = format!("a-{card}");
        let queued = json!({"boardId": board, "attemptId": attempt, "cardId": card});
        assert_eq!(world.report(&attempt, "attempt.queued", queued).await.status, 202);
        let agent = format!("agent-{card}");
        world.made("/agents", json!({"agent": agent, "protocol": "acp", "command": "x"})).await;
        let profile = world.made("/agent-profiles", json!({ "agent": agent })).await;
        let profile = profile["profileId"].as_str().unwrap().to_owned();
        let known = vec![
            ("$board", board),
            ("$card", card),
            ("$column", column),
            ("$attempt", attempt),
            ("$agent", agent),
            ("$profile", profile),
        ];
        Self { known }
    }

    fn fill(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}

/// Sends it; tells what is wrong with the answer.
async fn faults(world: &World, there: &There, call: &Call) -> Vec<String> {
    let outside = document::DOCUMENT["paths"][call.operation.path].get("servers").is_some();
    let base = if outside { "" } else { "/api/v1" };
    let path = format!("{base}{}", there.fill(&call.path));
    let mut headers: Vec<(&str, &str)> =
        call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (bytes, sent) = match &call.body {
        Body::None => (Vec::new(), None),
        Body::Json { media_type, schema, value } => {
            headers.push(("content-type", media_type));
            let filled = there.fill(&value.to_string());
            let value: Value = serde_json::from_str(&filled).unwrap();
            (filled.into_bytes(), Some((*media_type, *schema, value)))
        }
        Body::Raw { media_type, bytes } => {
            headers.push(("content-type", media_type));
            (bytes.clone(), None)
        }
    };
    let method = call.operation.method.to_uppercase().parse().unwrap();
    if call.operation.path == "/sse" {
        return stream_faults(world, call, &path, &headers).await;
    }
    let got = match world.client.call(method, &path, &headers, bytes.into()).await {
        Ok(got) => got,
        Err(error) => return vec![format!("no answer: {error}")],
    };
    let mut faults = call.operation.faults(got.status, &got.headers, &got.body);
    if got.status >= 500 {
        faults.push(format!("{}: {}", got.status, String::from_utf8_lossy(&got.body)));
    }
    if let Some((media_type, schema, value)) = sent {
        let name = format!("{} {} {media_type}", call.operation.method, call.operation.path);
        let fits = document::validator(&name, schema).is_valid(&value);
        let answer = serde_json::from_slice(&got.body).unwrap_or(Value::Null);
        faults.extend(disagreement(fits, got.status, &answer));
    }
    faults
}

/// The same for a stream, which isn't read to an end that it doesn't have.
async fn stream_faults(world: &World, call: &Call, path: &str, headers: &[(&str, &str)]) -> Vec<String> {
    let open = match world.client.open(path, headers).await {
        Ok(open) => open,
        Err(error) => return vec![format!("no answer: {error}")],
    };
    if open.status() == 200 {
        return if open.is_event_stream() { Vec::new() } else { vec!["no stream".to_owned()] };
    }
    let got = open.into_answer().await.unwrap();
    call.operation.faults(got.status, &got.headers, &got.body)
}

/// Fields that the types of the stream have too, where no bounds are said; names whose values must be known; a profile,
/// which must be of the agent that is named beside it.
const MORE_IS_SAID: &[&str] =
    &["Idempotency-Key", "config.env", "data.label", "data.pr.url", "data.pr.title", "profileId"];

/// What the schema takes, the server takes too, and the reverse.
fn disagreement(fits: bool, status: u16, answer: &Value) -> Option<String> {
    if status < 300 && !fits {
        return Some("the server took what doesn't fit the schema".to_owned());
    }
    let field = answer["field"].as_str().unwrap_or_default();
    let more_is_said = MORE_IS_SAID.iter().any(|known| field.ends_with(known));
    (fits && answer["code"] == "invalid_field" && !more_is_said)
        .then(|| format!("refused, and yet it fits the schema: {answer}"))
}

#[test]
fn no_request_out_of_the_document_finds_an_answer_that_it_does_not_tell_of() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(
            Config { cases: ROUNDS, ..config },
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        ),
    };
    let round = proptest::collection::vec(calls::call(), 1..8);
    let found = runner.run(&round, |round| {
        runtime.block_on(async {
            let there = There::make(&world).await;
            for call in &round {
                let faults = faults(&world, &there, call).await;
                if !faults.is_empty() {
                    return Err(TestCaseError::fail(format!("{call:?}: {faults:#?}")));
                }
            }
            Ok(())
        })
    });
    if let Err(TestError::Fail(reason, _)) = found {
        panic!("{reason}");
    }
    runtime.block_on(world.end());
}
