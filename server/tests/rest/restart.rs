//! A server ends, and another takes up where it stopped.

use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_is_free_and_all_that_was_answered_is_in_it_as_soon_as_the_drain_is_over() {
    let mut world = World::start().await;
    let board = world.board("Again").await;
    let mut titles = Vec::new();
    for n in 0..5 {
        let title = format!("card {n}");
        world.card(&board, &title).await;
        titles.push(title);
        let clock = world.clock.clone();
        // Streams, calls and whatever else had the store at hand are no reason to wait.
        let _state = world.server.state.clone();
        let mut stream = world.stream(&format!("?boardId={board}"), &[]).await;
        stream.take(2).await;
        world = World::open(world.end().await, clock).await;
        let state = world.get(&format!("/boards/{board}/state")).await.body;
        let cards = state["cards"].as_object().unwrap().values();
        let mut found: Vec<&str> = cards.map(|card| card["title"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, titles);
    }
    world.end().await;
}
