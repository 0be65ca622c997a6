//! Two servers on one directory, and files that aren't ours: refused, and nothing is touched.

use std::fs;
use std::path::Path;

use super::harness::{Chance, Server, refused_start};

#[tokio::test]
async fn a_second_server_on_the_same_directory_refuses_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let output = refused_start(dir.path()).await;
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("in use by another server"), "{message}");
    board.append(&server.client, 1).await;
    // The directory is free as soon as its server is dead.
    server.kill().await;
    let server = Server::start(dir.path()).await;
    assert_eq!(server.log(&board.id).await.last().unwrap().kind, "attempt.log.appended");
}

#[tokio::test]
async fn a_damaged_a_foreign_and_an_empty_database_are_refused_and_left_as_they_are() {
    let ours = tempfile::tempdir().unwrap();
    let mut server = Server::start(ours.path()).await;
    let board = server.board().await;
    board.append(&server.client, 3000).await;
    server.terminate();
    server.ended().await;
    let whole = fs::read(ours.path().join("boardcast.db")).unwrap();
    let mut chance = Chance::new();
    let mut noise = |bytes: usize| -> Vec<u8> { (0..bytes).map(|_| chance.byte()).collect() };

    refused("random bytes", &noise(8192)).await;
    refused("an empty file", b"").await;
    refused("half a header", &whole[..50]).await;
    refused("only a header", &whole[..100]).await;
    refused("the first half of a database", &whole[..whole.len() / 2]).await;
    let mut garbled = whole.clone();
    let middle = 4096..whole.len() - 4096;
    garbled[middle.clone()].copy_from_slice(&noise(middle.len()));
    refused("a header before random bytes", &garbled).await;
    let mut foreign = whole.clone();
    foreign[68..72].copy_from_slice(b"Nope");
    refused("the database of another program", &foreign).await;
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&9999u32.to_be_bytes());
    refused("the database of a newer version", &newer).await;
    refused("a database that SQLite made", &plain_sqlite()).await;
}

async fn refused(what: &str, content: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("boardcast.db");
    fs::write(&path, content).unwrap();
    let output = refused_start(dir.path()).await;
    assert!(!output.status.success(), "{what} is refused");
    assert!(output.stdout.is_empty(), "{what}: it never listens");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("boardcast.db"), "{what}: {message}");
    assert!(fs::read(&path).unwrap() == content, "{what} is left as it was");
    let others: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let made = |name: &std::ffi::OsString| name.to_string_lossy().contains("new");
    assert!(!others.iter().any(made), "{what}: nothing takes its place: {others:?}");
}

fn plain_sqlite() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plain.db");
    make_plain_sqlite(&path);
    fs::read(path).unwrap()
}

fn make_plain_sqlite(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')").unwrap();
}
