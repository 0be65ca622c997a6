//! `/metrics`: what is counted after known actions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use boardcast::events::{Commit, Subscriber};
use boardcast::metrics::Readings;
use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::world::{Listener, World};

/// What is told, sample by sample: the name with its labels, and the value without its fraction.
pub type Samples = BTreeMap<String, u64>;

/// Reads the text and refuses what isn't OpenMetrics 1.0: every sample belongs to the family that was last described,
/// none comes twice, and the end is marked.
#[track_caller]
fn parsed(text: &str) -> Samples {
    let body = text.strip_suffix("# EOF\n").expect("the end is marked");
    let (mut family, mut kind) = ("", "");
    let mut samples = Samples::new();
    for line in body.lines() {
        if let Some(described) = line.strip_prefix("# ") {
            let words: Vec<&str> = described.splitn(3, ' ').collect();
            match words[..] {
                ["HELP", name, _] => family = name,
                ["TYPE", name, of] if name == family => kind = of,
                _ => panic!("{line}"),
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect("a sample has a value");
        let name = sample.split('{').next().unwrap();
        let suffixes: &[&str] = match kind {
            "counter" => &["_total"],
            "gauge" => &[""],
            "info" => &["_info"],
            "histogram" => &["_sum", "_count", "_bucket"],
            other => panic!("a metric of type {other}"),
        };
        assert!(suffixes.iter().any(|suffix| format!("{family}{suffix}") == name), "{line} under {family}");
        let valid = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(valid(name), "{line}");
        if let Some(labels) = sample.strip_prefix(name).filter(|labels| !labels.is_empty()) {
            let labels = labels.strip_prefix('{').and_then(|labels| labels.strip_suffix("\"}")).expect(line);
            for label in labels.split("\",") {
                assert!(
                    label.split_once("=\"").is_some_and(|(name, value)| valid(name) && !value.contains('"')),
                    "{line}"
                );
            }
        }
        value.parse::<f64>().expect(line);
        let value = value.split('.').next().unwrap().parse().unwrap_or_default();
        assert!(samples.insert(sample.to_owned(), value).is_none(), "twice: {line}");
    }
    samples
}

async fn told(world: &World) -> String {
    let answer = world.client.call(Method::GET, "/metrics", &[], "".into()).await.unwrap();
    assert_eq!(answer.status, 200);
    super::document::check("GET", "/metrics", answer.status, &answer.headers, &answer.body);
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// What is told now.
pub async fn samples(world: &World) -> Samples {
    parsed(&told(world).await)
}

/// Waits until a sample has this value.
pub async fn until(world: &World, sample: &str, value: u64) {
    let mut last = None;
    let waiting = async {
        while last != Some(value) {
            last = samples(world).await.get(sample).copied();
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    waited.unwrap_or_else(|_| panic!("{sample} is never {value}"));
}

async fn at_head(world: &World, stream: &mut Listener) {
    let id = Some(format!("{}-{}", world.epoch(), world.head()));
    while stream.next().await.expect("it goes on").id != id {}
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_counted_by_what_they_carry_and_by_why_they_end() {
    let world = World::start().await;
    let board = world.board("Web").await;
    let boards = world.stream(&format!("?boardId={board}"), &[]).await;
    let dashboard = world.stream("", &[]).await;
    let mut both = world.stream(&format!("?boardId={board}&dashboard=1"), &[]).await;
    let now = samples(&world).await;
    for kind in ["board", "dashboard", "both"] {
        assert_eq!(now[&format!("boardcast_streams{{kind=\"{kind}\"}}")], 1, "{kind}");
    }
    assert_eq!(now["boardcast_channels"], 2);

    drop(boards);
    until(&world, r#"boardcast_stream_ends_total{reason="gone"}"#, 1).await;
    assert_eq!(world.call("DELETE", &format!("/boards/{board}"), &[], "").await.status, 204);
    while both.next().await.is_some() {}
    until(&world, r#"boardcast_stream_ends_total{reason="deleted"}"#, 1).await;
    let now = samples(&world).await;
    assert_eq!(now[r#"boardcast_streams{kind="board"}"#], 0);
    assert_eq!(now[r#"boardcast_streams{kind="both"}"#], 0);

    let metrics = world.server.state.metrics.clone();
    world.end().await;
    let last = parsed(&metrics.told_with(Readings::default()));
    assert_eq!(last[r#"boardcast_stream_ends_total{reason="shutdown"}"#], 1);
    assert_eq!(last[r#"boardcast_streams{kind="dashboard"}"#], 0);
    drop(dashboard);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_live_stream_is_sent_is_counted_to_the_byte() {
    let world = World::start().await;
    let board = world.board("Web").await;
    let mut stream = world.stream(&format!("?boardId={board}&state=patch"), &[]).await;
    stream.take(2).await;
    let before = samples(&world).await;
    world.card(&board, "one").await;
    let frame = stream.take(1).await.remove(0);
    until(&world, "boardcast_publish_to_write_seconds_count", 1).await;
    let after = samples(&world).await;
    let more = |sample: &str| after[sample] - before[sample];
    let text = format!("id: {}\nevent: {}\ndata: {}\n\n", frame.id.unwrap(), frame.event, frame.data);
    assert_eq!(more("boardcast_bytes_delivered_total"), text.len() as u64);
    assert_eq!(more(r#"boardcast_frames_delivered_total{from="ring"}"#), 1);
    assert_eq!(more(r#"boardcast_frames_delivered_total{from="other"}"#), 0);
    // `hello` and the board, which came first.
    assert_eq!(before[r#"boardcast_frames_delivered_total{from="other"}"#], 2);
    assert_eq!(more("boardcast_events_published_total"), 1);
    assert_eq!(more("boardcast_commit_seconds_count"), 1);
    assert_eq!(more("boardcast_fsync_seconds_count"), 1);
    assert!(more("boardcast_group_commands_sum") >= 1);
    assert!(after["boardcast_ring_bytes"] > text.len() as u64);
    assert_eq!(after["boardcast_events_published_total"], world.head());
    world.end().await;
}

/// A subscriber that keeps the writer after its next commit until it is let go.
struct Gate {
    reached: Notify,
    open: Mutex<mpsc::Receiver<()>>,
}

impl Subscriber for Gate {
    fn committed(&self, _: &Commit) {
        self.reached.notify_one();
        // An error is the end of the test's side, which lets go for good.
        let _ = self.open.lock().unwrap().recv();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_writer_is_told_and_then_shares_a_transaction() {
    let world = World::start().await;
    let board = world.board("Web").await;
    let (open, gate) = mpsc::channel();
    let gate = Arc::new(Gate { reached: Notify::new(), open: Mutex::new(gate) });
    world.server.state.store.subscribe(gate.clone());
    let path = format!("/boards/{board}/cards");
    let write = async || assert_eq!(world.send("POST", &path, &json!({"title": "one"})).await.status, 201);
    let others = async {
        gate.reached.notified().await;
        tokio::join!(write(), write(), write(), write(), write(), async {
            // The store's own upkeep may wait among them.
            let waits = async { while samples(&world).await["boardcast_writer_queue_commands"] < 5 {} };
            tokio::time::timeout(Duration::from_secs(20), waits).await.expect("five wait");
            drop(open);
        });
    };
    tokio::join!(write(), others);
    let now = samples(&world).await;
    assert!(now["boardcast_writer_queue_commands"] < 5);
    let together = now["boardcast_group_commands_count"] - now[r#"boardcast_group_commands_bucket{le="4.0"}"#];
    assert_eq!(together, 1, "{now:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_up_for_is_counted_as_replayed_and_older_boards_as_conflated() {
    let world = World::start().await;
    let board = world.board("Web").await;
    let cursor = format!("{}-{}", world.epoch(), world.head());
    for title in ["one", "two", "three"] {
        world.card(&board, title).await;
    }
    let mut stream = world.stream(&format!("?boardId={board}"), &[("last-event-id", &cursor)]).await;
    at_head(&world, &mut stream).await;
    until(&world, "boardcast_replay_seconds_count", 1).await;
    let now = samples(&world).await;
    assert_eq!(now[r#"boardcast_frames_delivered_total{from="log"}"#], 1);
    assert_eq!(now["boardcast_states_conflated_total"], 2);
    assert_eq!(now["boardcast_slowest_stream_lag_events"], 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_not_served_is_counted_by_the_reason() {
    let world = World::start().await;
    let board = world.board("Web").await;
    let card = world.card(&board, "one").await;
    // A deleted card takes what the log has of its board along.
    assert_eq!(world.call("DELETE", &format!("/boards/{board}/cards/{card}"), &[], "").await.status, 204);
    let epoch = world.epoch();
    let cursors = [
        ("nonsense", "first".to_owned()),
        ("epoch", format!("{}x-1", &epoch[..epoch.len() - 1])),
        ("future", format!("{epoch}-999")),
        ("trimmed", format!("{epoch}-0")),
    ];
    for (reason, cursor) in cursors {
        let open = world.client.open(&format!("/api/v1/sse?boardId={board}"), &[("last-event-id", &cursor)]).await;
        assert_eq!(open.unwrap().status(), 200);
        let now = samples(&world).await;
        assert_eq!(now[&format!("boardcast_resets_total{{reason=\"{reason}\"}}")], 1, "{reason}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_template_and_no_label_names_a_board() {
    let world = World::start().await;
    let board = world.board("Confidential").await;
    let card = world.card(&board, "secret").await;
    for _ in 0..2 {
        assert_eq!(world.get(&format!("/boards/{board}/cards/{card}")).await.status, 200);
    }
    let unknown = world.client.call(Method::GET, "/api/v1/what/is/this", &[], "".into()).await.unwrap();
    assert_eq!(unknown.status, 404);
    world.raw(b"BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    let misdirected = world.raw(b"GET /healthz HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n").await;
    assert!(misdirected.starts_with("HTTP/1.1 421"), "{misdirected}");
    let _stream = world.stream(&format!("?boardId={board}"), &[]).await;
    let told = told(&world).await;
    let now = parsed(&told);
    let count = |method: &str, route: &str, status: u16| {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
        now[&format!("boardcast_http_requests_total{{{labels}}}")]
    };
    assert_eq!(count("GET", "/api/v1/boards/{board}/cards/{card}", 200), 2);
    assert_eq!(count("POST", "/api/v1/boards", 201), 1);
    assert_eq!(count("GET", "none", 404), 1);
    assert_eq!(count("other", "/", 405), 1);
    assert_eq!(count("GET", "/healthz", 421), 1);
    assert_eq!(count("GET", "/api/v1/sse", 200), 1);
    assert_eq!(now[&format!("boardcast_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))], 1);
    for told_to_nobody in [&board, &card, "Confidential", "secret"] {
        assert!(!told.contains(told_to_nobody), "{told_to_nobody}");
    }
    world.end().await;
}

/// The expressions of a dashboard's panels.
fn expressions(of: &Value, found: &mut Vec<String>) {
    match of {
        Value::Object(fields) => {
            found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| expressions(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grafana_dashboard_shows_every_metric_and_none_that_is_not_there() {
    let world = World::start().await;
    // A request is counted once it is answered.
    samples(&world).await;
    let now = samples(&world).await;
    world.end().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/grafana.json");
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut shown = Vec::new();
    expressions(&dashboard["panels"], &mut shown);
    let shown: Vec<&str> = shown
        .iter()
        .flat_map(|shown| shown.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
        .filter(|word| word.starts_with("boardcast_"))
        .collect();
    let there: Vec<&str> = now.keys().map(|sample| sample.split('{').next().unwrap()).collect();
    for name in &shown {
        assert!(there.contains(name), "{name} is not there");
    }
    let family = |name: &str| name.replace("_bucket", "").replace("_sum", "").replace("_count", "");
    for name in there {
        assert!(shown.iter().any(|shown| family(shown) == family(name)), "{name} is not shown");
    }
}
