//! The end of a store, and the next one on the same folder.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use boardcast::sse::listeners;
use boardcast::store::{OpenError, Options, Retention, Store, Tx, TxError, WriteError};
use boardcast_shared::{AgentId, AgentRegistered, Time};

const WRITES: usize = 500;

fn open(dir: &std::path::Path) -> Result<Store, OpenError> {
    let retention = Retention { events: 100_000, days: 7, bytes: 0 };
    Store::open(dir, Options { retention, encode: listeners::encode, now: Arc::new(|| Time::from_millis(0)) })
}

fn register(n: usize) -> impl FnOnce(&mut Tx<'_>) -> Result<u64, TxError> + Send + 'static {
    let agent = AgentId::parse(&format!("agent-{n}")).unwrap();
    move |tx| {
        tx.agent_reported(AgentRegistered { agent, label: None })?;
        Ok(tx.head())
    }
}

#[tokio::test]
async fn a_closed_store_has_written_all_that_waited_takes_no_more_and_leaves_the_folder_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::InUse(_))));
    let mut writes: Vec<_> = (0..WRITES).map(|n| Box::pin(store.write(register(n)))).collect();
    // Each gets as far as the queue, or further.
    let begun = poll_fn(|cx| Poll::Ready(writes.iter_mut().map(|write| write.as_mut().poll(cx)).collect::<Vec<_>>()));
    let begun = begun.await;
    store.close().await;
    let next = open(dir.path()).expect("the folder is free, though handles of the first are still about");
    assert_eq!((next.head(), next.epoch()), (WRITES as u64, store.epoch()));
    for ((seq, write), begun) in (1..).zip(writes).zip(begun) {
        let answer = match begun {
            Poll::Ready(answer) => answer,
            Poll::Pending => write.await,
        };
        assert_eq!(answer.unwrap(), seq);
    }
    assert!(matches!(store.write(register(WRITES)).await, Err(WriteError::Unavailable)));
    store.close().await;
    assert_eq!(next.write(register(WRITES)).await.unwrap(), WRITES as u64 + 1);
}

#[tokio::test]
async fn a_store_that_nobody_holds_any_more_lets_go_of_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    for n in 0..5 {
        let held = store.clone();
        drop(store);
        assert!(matches!(open(dir.path()), Err(OpenError::InUse(_))));
        assert_eq!(held.write(register(n)).await.unwrap(), n as u64 + 1);
        drop(held);
        // The thread that writes ends by itself, a moment later.
        store = loop {
            match open(dir.path()) {
                Err(OpenError::InUse(_)) => tokio::task::yield_now().await,
                opened => break opened.unwrap(),
            }
        };
    }
}
