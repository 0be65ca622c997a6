use boardcast::agents::{AnswerError, Ask, Told, TurnEnd};
use boardcast_shared::{ConversationItem, PermissionRequest};

use super::harness::{Hearing, Running, Scene, items, lines};

fn requests(told: &[Told]) -> Vec<&PermissionRequest> {
    items(told)
        .into_iter()
        .filter_map(|item| if let ConversationItem::Permission { request, .. } = item { Some(request) } else { None })
        .collect()
}

fn needs_input(hearing: &Hearing) -> Vec<bool> {
    hearing.all.iter().filter_map(|told| if let Told::NeedsInput(needs) = told { Some(*needs) } else { None }).collect()
}

async fn asked(running: &mut Running) -> String {
    running.hearing.until(|told| *told == Told::NeedsInput(true)).await;
    requests(&running.hearing.all)[0].request_id.clone()
}

#[tokio::test]
async fn a_question_is_answered_once_and_with_one_of_its_options() {
    for (option, words) in [("allow", "You allowed it"), ("reject", "You rejected it")] {
        let scene = Scene::new();
        let mut running = scene.start(scene.demo()).await.expect("it starts");
        let turn = running.begin("/permission");
        let request = asked(&mut running).await;
        assert!(boardcast_shared::is_id(&request));

        assert_eq!(running.answer(&request, "maybe").await, Err(AnswerError::WrongOption));
        assert_eq!(running.answer("other", "allow").await, Err(AnswerError::Unknown));
        assert_eq!(needs_input(&running.hearing), [true]);
        assert_eq!(running.answer(&request, option).await, Ok(()));
        assert_eq!(running.finish(turn).await, TurnEnd::Succeeded);

        assert_eq!(needs_input(&running.hearing), [true, false]);
        let request = requests(&running.hearing.all)[0];
        assert_eq!((request.title.as_str(), request.outcome.as_deref()), ("Delete the folder build", Some(option)));
        assert!(
            items(&running.hearing.all)
                .into_iter()
                .any(|item| matches!(item, ConversationItem::Message { text, .. } if text.starts_with(words)))
        );
    }
}

#[tokio::test]
async fn a_question_that_was_answered_is_closed() {
    let scene = Scene::new();
    let ask = |id: u32| {
        format!(
            r#"say '{{"jsonrpc":"2.0","id":{id},"method":"session/request_permission","params":{{"sessionId":"s-1","toolCall":{{"toolCallId":"t{id}"}},"options":[{{"optionId":"o","name":"O","kind":"allow_once"}}]}}}}'"#
        )
    };
    // Three at once; the agent shows what it was answered and then waits.
    let script = format!("{}\n{}\n{}\nhear; echo \"$line\" >&2; hear", ask(1), ask(2), ask(4));
    let mut running = scene.start(scene.prompted(&script)).await.expect("it starts");
    let turn = running.begin("x");
    running.hearing.until(|told| matches!(told, Told::Item(ConversationItem::Permission { request, .. }) if request.request_id.ends_with("-6"))).await;
    let first = requests(&running.hearing.all)[0].request_id.clone();
    assert_eq!(running.answer(&first, "o").await, Ok(()));
    assert_eq!(running.answer(&first, "o").await, Err(AnswerError::Closed));
    running
        .hearing
        .until_line(r#"{"jsonrpc":"2.0","id":1,"result":{"outcome":{"optionId":"o","outcome":"selected"}}}"#)
        .await;
    // The others are still open.
    assert_eq!(needs_input(&running.hearing), [true]);

    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert_eq!(needs_input(&running.hearing), [true, false]);
    let outcomes: Vec<_> =
        requests(&running.hearing.all).into_iter().map(|request| request.outcome.as_deref()).collect();
    assert_eq!(outcomes, [Some("o"), Some("cancelled"), Some("cancelled")]);
}

#[tokio::test]
async fn a_stop_answers_a_question_as_cancelled() {
    let scene = Scene::new();
    let mut running = scene.start(scene.demo()).await.expect("it starts");
    let turn = running.begin("/permission");
    asked(&mut running).await;
    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert_eq!(requests(&running.hearing.all)[0].outcome.as_deref(), Some("cancelled"));
    assert_eq!(needs_input(&running.hearing), [true, false]);
}

#[tokio::test]
async fn a_question_that_the_agent_drops_is_closed() {
    let scene = Scene::new();
    let script = r#"say '{"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"s-1","toolCall":{"toolCallId":"t"},"options":[]}}'
        say '{"jsonrpc":"2.0","id":2,"method":"session/request_permission","params":{}}'; hear; echo "$line" >&2
        say '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'; hear"#;
    let mut running = scene.start(scene.prompted(script)).await.expect("it starts");
    assert_eq!(running.turn("x").await, TurnEnd::Succeeded);
    assert_eq!(needs_input(&running.hearing), [true, false]);
    assert_eq!(requests(&running.hearing.all)[0].outcome.as_deref(), Some("cancelled"));
    assert!(lines(&running.hearing.all)[0].1.contains(r#""code":-32602"#));
}
