//! Out of file descriptors: nobody new is taken, everybody else goes on.

use std::fs;
use std::time::Duration;

use rustix::process::Resource;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Board, Reader, Server, seq, within};

/// How many descriptors there still are when they become scarce.
const ROOM: u64 = 6;
/// Events of one round of work, and from one to the next.
const EVENTS: u64 = 100;
const PACE: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_descriptors_it_takes_nobody_without_spinning_and_goes_on_when_some_are_free() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let query = format!("boardId={}", board.id);
    let mut reader = server.open(&query, None).await;
    reader.hello().await;
    let usual = ticks_of_work(&server, &board, &mut reader).await;

    // Descriptors have the lowest free numbers; the limit is one of numbers.
    let taken_below = |limit: u64| descriptors(&server).iter().filter(|number| **number < limit).count() as u64;
    let limit = (ROOM..1 << 16).find(|limit| taken_below(*limit) + ROOM <= *limit).unwrap();
    let before = server.limit(Resource::Nofile, Some(limit));
    let mut others = Vec::new();
    while taken_below(limit) < limit {
        let mut other = server.open(&query, None).await;
        other.hello().await;
        others.push(other);
    }
    let mut waiting = TcpStream::connect(server.addr).await.unwrap();
    waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let scarce = ticks_of_work(&server, &board, &mut reader).await;
    assert!(waiting.try_read(&mut [0; 1]).is_err(), "nobody has taken the connection");
    // A loop that spins takes the rest of a core: about as many ticks as the round lasts, 200 and more.
    eprintln!("{usual} ticks with descriptors, {scarce} without");
    assert!(scarce < usual + 100, "{usual} ticks with descriptors, {scarce} without");

    others.clear();
    let mut answer = Vec::new();
    within("an answer to the one who waited", waiting.read_to_end(&mut answer)).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
    server.limit(Resource::Nofile, before);
}

/// Some events, over the connection that the client keeps, each of which the reader hears: how many ticks of CPU time
/// the server took meanwhile.
async fn ticks_of_work(server: &Server, board: &Board, reader: &mut Reader) -> u64 {
    let before = ticks(server);
    let mut pace = tokio::time::interval(PACE);
    for _ in 0..EVENTS {
        pace.tick().await;
        let appended = board.append(&server.client, 1).await;
        let heard = reader.until(appended).await;
        assert_eq!(heard.last().and_then(seq), Some(appended));
    }
    ticks(server) - before
}

fn descriptors(server: &Server) -> Vec<u64> {
    let entries = fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect()
}

/// User and system time so far; a tick is a hundredth of a second.
fn ticks(server: &Server) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
    // [proc_pid_stat(5)] After the name, which may have any character in it: state is field 3, utime 14, stime 15.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
