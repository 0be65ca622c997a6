//! The program with an operator's token.

use std::process::Stdio;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use super::harness::{Reader, Server, program, refused_start_with, within};

const TOKEN: &str = "the-operators-own-token";

#[tokio::test]
async fn beyond_this_machine_it_does_not_start_without_a_token() {
    let dir = tempfile::tempdir().unwrap();
    let refused = refused_start_with(dir.path(), &["--addr", "0.0.0.0:0"]).await;
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("BOARDCAST_TOKEN"), "{said}");
    assert!(refused.stdout.is_empty());
}

#[tokio::test]
async fn a_withdrawn_token_ends_its_stream_within_a_second() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as_operator(dir.path(), TOKEN).await;
    let board = server.board().await;
    let new = json!({"label": "viewer", "rights": ["read"], "boards": [board.id]});
    let made = server.make("/api/v1/tokens", new).await;
    let viewer = server.stranger().with_token(made["token"].as_str().unwrap());
    assert_eq!(server.stranger().call(Method::GET, "/api/v1/boards", &[], "".into()).await.unwrap().status, 401);
    let mut stream = Reader::open(&viewer, &format!("boardId={}", board.id), None).await.unwrap();
    stream.hello().await;
    board.append(&server.client, 1000).await;
    let path = format!("/api/v1/tokens/{}", made["tokenId"].as_str().unwrap());
    let begun = Instant::now();
    assert_eq!(server.call(Method::DELETE, &path, &Value::Null).await.status, 204);
    let frames = stream.rest().await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let bye = frames.last().unwrap();
    assert_eq!((bye.event.as_str(), &bye.id), ("bye", &None));
    assert_eq!(serde_json::from_str::<Value>(&bye.data).unwrap()["reason"], "access_revoked");
}

/// Not on the most talkative level either.
#[tokio::test]
async fn neither_tokens_nor_tickets_are_in_the_log_of_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let mut command = program();
    command.args(["serve", "--addr", "127.0.0.1:0", "--log-level", "trace", "--data-dir"]).arg(dir.path().join("data"));
    command.arg("--token-file").arg(&file).stderr(Stdio::piped());
    let (server, mut stderr) = Server::spawn_with_log(command, TOKEN).await;
    let ticket = server.make("/api/v1/stream-tickets", json!({})).await["ticket"].as_str().unwrap().to_owned();
    let new = json!({"label": "x", "rights": ["read"], "boards": ["*"]});
    let token = server.make("/api/v1/tokens", new).await["token"].as_str().unwrap().to_owned();
    let mut stream = Reader::open(&server.stranger(), &format!("ticket={ticket}"), None).await.unwrap();
    stream.hello().await;
    let wrong = server.stranger().with_token("wrong-but-secret");
    assert_eq!(wrong.call(Method::GET, "/api/v1/boards", &[], "".into()).await.unwrap().status, 401);
    server.terminate();
    let mut log = String::new();
    within("the end of the log", stderr.read_to_string(&mut log)).await.unwrap();
    for secret in [TOKEN, &ticket, &token, "wrong-but-secret"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// The terminal's client takes its token from the environment.
#[tokio::test]
async fn watch_shows_a_token_and_fails_without_one() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as_operator(dir.path(), TOKEN).await;
    let board = server.board().await;
    let watch = |token: Option<&str>| {
        let mut command: Command = program();
        command.args(["watch", &board.id, "--json", "--url", &format!("http://{}", server.addr)]);
        command.envs(token.map(|token| ("BOARDCAST_TOKEN", token)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut watching = watch(Some(TOKEN)).spawn().unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let first = within("a line", lines.next_line()).await.unwrap().expect("it prints");
    assert!(first.contains("hello") || first.contains("state"), "{first}");
    let refused = within("its end", watch(None).output()).await.unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("token"), "{refused:?}");
}
