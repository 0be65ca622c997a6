use std::time::Duration;

use boardcast::agents::{Ask, Told, TurnEnd};
use boardcast_shared::LogLevel::{Info, Warn};
use boardcast_shared::{AgentProtocol, ConversationItem, ToolStatus};

use super::harness::{OPENING, Scene, items, lines, versions};

/// An update in the turn.
fn update(update: &str) -> String {
    format!(r#"say '{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s-1","update":{update}}}}}'"#)
}

const DONE: &str = r#"say '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'; hear"#;

#[tokio::test]
async fn an_agent_that_does_not_open_a_session_says_why() {
    for (script, expected) in [
        ("exit 3", "it exited with code 3 before it answered initialize"),
        ("echo no; kill -9 $$", "it was ended by signal 9 (SIGKILL) before it answered initialize"),
        (
            r#"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":2}}'; hear"#,
            "it speaks version 2 of the protocol, not 1",
        ),
        (
            r#"hear; say '{"jsonrpc":"2.0","id":1,"result":7}'; hear"#,
            "its answer to initialize is wrong: invalid type: integer `7`, expected struct Initialized at line 1 column 1",
        ),
        (
            r#"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'
            hear; say '{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"Authentication required"}}'; hear"#,
            "not signed in: Authentication required. Sign in to the agent first, in a terminal of the user that Boardcast runs as, or put a key into the environment of the agent or of a profile.",
        ),
    ] {
        let scene = Scene::new();
        assert_eq!(scene.start(scene.acp(script)).await.err().as_deref(), Some(expected), "{script}");
        assert!(!scene.is_alive(), "{script}");
    }
}

#[tokio::test]
async fn one_that_wants_to_know_its_user_is_told_with_its_ways_to_sign_in() {
    let offers = r#""authMethods":[
        {"id":"g","name":"Log in with Google","description":null},
        {"id":"c","name":"Log in with Claude","description":"Run `claude /login` in the terminal"},
        {"id":"t","name":"Subscription","type":"terminal","args":["auth","log in"],"env":{"FROM":"boardcast"}},
        {"id":"odd"}, 7]"#;
    let script = format!(
        r#"hear; say '{{"jsonrpc":"2.0","id":1,"result":{{"protocolVersion":1,{}}}}}'
        hear; say '{{"jsonrpc":"2.0","id":2,"result":{{"sessionId":"s-1"}}}}'
        hear; say '{{"jsonrpc":"2.0","id":3,"error":{{"code":-32000,"message":"Authentication required.","data":{{"details":"no credentials"}}}}}}'; hear"#,
        offers.replace('\n', "")
    );
    let scene = Scene::new();
    std::fs::write(scene.dir.path().join("my-agent"), &scene.acp(&script).program.args[1]).expect("a script");
    let launch = scene.launch(AgentProtocol::Acp, "sh", &["my-agent", "--acp"]);
    let mut running = scene.start(launch).await.expect("it starts");
    let end = running.turn("x").await;
    assert!(!running.agent().can_go_on(), "whoever signs in then is known to the next process");
    running.end().await;
    let TurnEnd::Failed(why) = end else { panic!("{end:?}") };
    let (said, offered) = why.split_once(" It offers: ").expect("what it offers");
    assert!(said.starts_with("not signed in: Authentication required (no credentials). Sign in"), "{said}");
    assert_eq!(
        offered,
        "Log in with Google; Log in with Claude (Run `claude /login` in the terminal); \
         Subscription (run `FROM=boardcast sh my-agent --acp auth 'log in'`)."
    );
}

#[tokio::test]
async fn every_request_but_the_prompt_has_a_time_limit() {
    let initialized = r#"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'"#;
    for (script, method) in [("", "initialize"), (initialized, "session/new")] {
        let scene = Scene::timeless();
        let (told, mut heard) = tokio::sync::mpsc::channel(8);
        let launch = scene.acp(&format!("{script}\nhear; echo heard >&2; hear"));
        let start = tokio::spawn(boardcast::agents::Agent::start_by(scene.clock.clone(), launch, told));
        while !matches!(heard.recv().await, Some(Told::Line { .. })) {}
        scene.clock.advance(Duration::from_secs(29));
        tokio::task::yield_now().await;
        assert!(!start.is_finished());
        scene.clock.advance(Duration::from_secs(1));
        let error = start.await.expect("no panic").err();
        assert_eq!(error, Some(format!("it gave no answer to {method} within 30 s")));
    }
}

#[tokio::test]
async fn the_stop_reason_is_how_the_turn_ends() {
    for (reason, expected) in [
        ("end_turn", TurnEnd::Succeeded),
        ("cancelled", TurnEnd::Stopped),
        ("refusal", TurnEnd::Failed("the agent refused (refusal)".into())),
        ("max_tokens", TurnEnd::Failed("the agent ran out of tokens (max_tokens)".into())),
        ("max_turn_requests", TurnEnd::Failed("the agent made too many requests (max_turn_requests)".into())),
        ("tired", TurnEnd::Failed("the agent stopped: tired".into())),
    ] {
        let scene = Scene::new();
        let script = format!(r#"say '{{"jsonrpc":"2.0","id":3,"result":{{"stopReason":"{reason}"}}}}'; hear"#);
        let mut running = scene.start(scene.prompted(&script)).await.expect("it starts");
        assert_eq!(running.turn("x").await, expected);
        assert!(running.agent().can_go_on(), "{reason}");
    }
}

#[tokio::test]
async fn an_error_or_nonsense_as_answer_is_a_failure() {
    for (answer, expected) in [
        (r#""error":{"code":-32603,"message":"broken","data":"disk"}"#, "it refused session/prompt: broken (disk)"),
        (r#""result":{}"#, "its answer is wrong: missing field `stopReason` at line 1 column 2"),
    ] {
        let scene = Scene::new();
        let launch = scene.prompted(&format!(r#"say '{{"jsonrpc":"2.0","id":3,{answer}}}'; hear"#));
        assert_eq!(scene.play(launch, "x").await.0, TurnEnd::Failed(format!("the agent failed: {expected}")));
    }
}

#[tokio::test]
async fn an_agent_that_ends_before_its_answer_has_failed_and_its_tools_are_cancelled() {
    let scene = Scene::new();
    let script = format!(
        "{}\n{}\nprintf 'half a line'; exit 5",
        update(
            r#"{"sessionUpdate":"tool_call","toolCallId":"a","title":"Build","kind":"execute","status":"in_progress"}"#
        ),
        update(r#"{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"I am "}}"#),
    );
    let (end, told) = scene.play(scene.prompted(&script), "x").await;
    assert_eq!(end, TurnEnd::Failed("the agent exited with code 5 in the middle of its turn".into()));
    assert_eq!(lines(&told), [(Warn, "half a line")]);
    assert!(matches!(
        items(&told)[..],
        [ConversationItem::Tool { tool, .. }, ConversationItem::Message { text, .. }]
            if tool.status == ToolStatus::Cancelled && tool.completed_at.is_some() && text == "I am "
    ));
}

#[tokio::test]
async fn an_agent_that_closes_its_output_has_failed() {
    let scene = Scene::new();
    let (end, _) = scene.play(scene.prompted("exec >&-; sleep 1000"), "x").await;
    assert_eq!(end, TurnEnd::Failed("the agent closed its standard output in the middle of its turn".into()));
}

#[tokio::test]
async fn an_answer_that_still_stands_in_the_pipe_counts() {
    let scene = Scene::new();
    let mut running = scene.start(scene.prompted(&DONE.replace("; hear", ""))).await.expect("it starts");
    assert_eq!(running.turn("x").await, TurnEnd::Succeeded);
}

#[tokio::test]
async fn what_is_no_message_is_a_warning_and_standard_error_is_the_log() {
    let scene = Scene::new();
    let script = format!(
        r#"echo working >&2
        say 'hello'; say ''; say '{{"level":"info"}}'; printf '\377\n'
        head -c 9000000 /dev/zero | tr '\0' x; echo
        say '{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s-1"}}}}'
        {DONE}"#
    );
    let (end, told) = scene.play(scene.prompted(&script), "x").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let warnings: Vec<&str> =
        lines(&told).into_iter().filter(|(level, _)| *level == Warn).map(|(_, line)| line).collect();
    assert_eq!(warnings[..3], ["hello", r#"{"level":"info"}"#, "\u{fffd}"]);
    assert!(warnings[3].len() <= 64 << 10 && warnings[3].ends_with(" bytes cut]"));
    assert!(warnings[4].starts_with("The agent sent an update that says nothing: missing field `update`"));
    assert_eq!(warnings.len(), 5);
    assert!(lines(&told).contains(&(Info, "working")));
}

#[tokio::test]
async fn what_it_asks_of_us_and_we_do_not_have_is_refused() {
    let scene = Scene::new();
    let script = format!(
        r#"say '{{"jsonrpc":"2.0","id":"r","method":"fs/read_text_file","params":{{"path":"/etc/passwd"}}}}'; hear
        echo "$line" >&2
        {DONE}"#
    );
    let (_, told) = scene.play(scene.prompted(&script), "x").await;
    let expected =
        r#"{"error":{"code":-32601,"message":"boardcast has no fs/read_text_file"},"id":"r","jsonrpc":"2.0"}"#;
    assert_eq!(lines(&told), [(Info, expected)]);
}

#[tokio::test]
async fn a_message_that_grows_is_told_first_at_last_and_in_between_no_more_often_than_it_may() {
    let scene = Scene::timeless();
    let chunk = update(r#"{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"x"}}"#);
    // In the middle the agent waits for an answer, so that both parts are read one after the other.
    let wait = r#"say '{"jsonrpc":"2.0","id":1,"method":"wait"}'; hear"#;
    let script = format!("i=0; while [ $i -lt 1000 ]; do {chunk}; i=$((i+1)); done\n{wait}\n{chunk}\n{DONE}");
    let mut running = scene.start(scene.prompted(&script)).await.expect("it starts");
    assert_eq!(running.turn("x").await, TurnEnd::Succeeded);
    // Time stood still: the first version, and the last.
    let sizes = versions(&running.hearing.all).into_iter().map(|item| match item {
        ConversationItem::Message { text, .. } => text.len(),
        other => panic!("no message: {other:?}"),
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [1, 1001]);
}

#[tokio::test]
async fn a_growing_message_is_told_when_its_time_has_come() {
    let scene = Scene::timeless();
    let chunk = |text| {
        update(&format!(r#"{{"sessionUpdate":"agent_message_chunk","content":{{"type":"text","text":"{text}"}}}}"#))
    };
    let script = format!("{}\n{}\necho said >&2; hear", chunk("one"), chunk(" two"));
    let mut running = scene.start(scene.prompted(&script)).await.expect("it starts");
    let turn = running.begin("x");
    running.hearing.until_line("said").await;
    running
        .hearing
        .until(|told| matches!(told, Told::Item(ConversationItem::Message { text, .. }) if text == "one"))
        .await;
    scene.clock.advance(Duration::from_millis(50));
    running
        .hearing
        .until(|told| matches!(told, Told::Item(ConversationItem::Message { text, .. }) if text == "one two"))
        .await;
    running.ask(Ask::Stop).await;
    scene.clock.advance(Duration::from_secs(9));
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
}

#[tokio::test]
async fn an_item_is_bounded_and_says_so() {
    let scene = Scene::new();
    let text = "y".repeat(100_000);
    let script = format!(
        "for i in 1 2 3 4; do {}; done\n{}\n{DONE}",
        update(&format!(r#"{{"sessionUpdate":"agent_thought_chunk","content":{{"type":"text","text":"{text}"}}}}"#)),
        update(
            r#"{"sessionUpdate":"tool_call","toolCallId":"a","title":"t","status":"completed","rawOutput":"'"$(head -c 300000 /dev/zero | tr '\0' x)"'"}"#
        ),
    );
    let (end, told) = scene.play(scene.prompted(&script), "x").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let [ConversationItem::Thinking { text, .. }, ConversationItem::Tool { tool, .. }] = items(&told)[..] else {
        panic!("{:?}", items(&told).len());
    };
    for text in [text, tool.output.as_ref().expect("an output")] {
        assert!(text.len() <= 256 << 10 && text.ends_with(" bytes cut]"), "{}", text.len());
    }
}

#[tokio::test]
async fn a_tool_call_is_one_item_that_moves_on() {
    let scene = Scene::new();
    let script = [
        r#"{"sessionUpdate":"tool_call","toolCallId":"a","title":"Run","kind":"execute","rawInput":{"command":["npm","test"]}}"#,
        r#"{"sessionUpdate":"tool_call_update","toolCallId":"a","status":"in_progress","content":[{"type":"content","content":{"type":"text","text":"1 passed"}}]}"#,
        r#"{"sessionUpdate":"tool_call_update","toolCallId":"a","status":"failed","rawOutput":{"exit_code":2,"stdout":"ignored"},"content":[{"type":"content","content":{"type":"text","text":"1 failed"}},{"type":"diff","path":"a","oldText":"x","newText":"y"}]}"#,
        r#"{"sessionUpdate":"tool_call","toolCallId":"b","title":"Odd","kind":"levitate","status":"completed","rawInput":7,"rawOutput":[1],"content":"no"}"#,
        r#"{"sessionUpdate":"usage_update","used":120,"size":1000}"#,
        r#"{"sessionUpdate":"plan","entries":[{"content":"One","priority":"high","status":"completed"},{"content":"Two","status":"in_progress"}]}"#,
        r#"{"sessionUpdate":"something_new","x":1}"#,
    ]
    .map(update)
    .join("\n");
    let (end, told) = scene.play(scene.prompted(&format!("{script}\n{DONE}")), "x").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let [ConversationItem::Tool { tool: run, .. }, ConversationItem::Tool { tool: odd, .. }] = items(&told)[..] else {
        panic!("{:?}", items(&told));
    };
    assert_eq!((run.command.as_deref(), run.exit_code, run.status), (Some("npm test"), Some(2), ToolStatus::Failed));
    assert_eq!(run.output.as_deref(), Some("1 failed\n--- a\n+++ a\n-x\n+y\n"));
    assert!(run.started_at.is_some() && run.completed_at.is_some());
    assert_eq!((odd.kind.as_str(), odd.status, odd.output.as_deref()), ("other", ToolStatus::Succeeded, None));
    assert_eq!(lines(&told), [(Info, "[usage] context 120 of 1000")]);
    let todos =
        told.iter().find_map(|told| if let Told::Todos(todos) = told { Some(todos) } else { None }).expect("todos");
    assert_eq!((todos.total, todos.completed, todos.items[1].text.as_str()), (2, 1, "Two"));
}

#[tokio::test]
async fn what_a_loaded_session_replays_is_not_told_and_one_that_cannot_be_loaded_is_begun_anew() {
    let load = OPENING.replace(
        "hear; say '{\"jsonrpc\":\"2.0\",\"id\":2",
        "hear; echo \"$line\" >&2; REPLAY; say '{\"jsonrpc\":\"2.0\",\"id\":2",
    );
    let replay = update(r#"{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"old"}}"#);
    let scene = Scene::new();
    let mut launch = scene.acp(&format!("{}\nhear\n{DONE}", load.replace("REPLAY", &replay)));
    launch.session = Some("s-0".into());
    let (end, told) = scene.play(launch, "x").await;
    assert_eq!(end, TurnEnd::Succeeded);
    assert!(lines(&told)[0].1.contains(r#""method":"session/load""#), "{told:?}");
    assert!(told.contains(&Told::Session { id: "s-0".into(), resumed: true }), "{told:?}");
    assert!(items(&told).is_empty());

    let mut launch = scene.acp(
        r#"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}'
        hear; say '{"jsonrpc":"2.0","id":2,"error":{"code":-32002,"message":"gone"}}'
        hear; say '{"jsonrpc":"2.0","id":3,"result":{"sessionId":"s-2"}}'; hear"#,
    );
    launch.session = Some("s-0".into());
    let mut running = scene.start(launch).await.expect("it starts");
    let turn = running.begin("x");
    running.hearing.until(|told| *told == Told::Session { id: "s-2".into(), resumed: false }).await;
    running.finish(turn).await;
    assert_eq!(lines(&running.hearing.all), [(Warn, "it refused session/load: gone")]);
}

#[tokio::test]
async fn a_stop_cancels_first_and_then_ends_what_does_not_listen() {
    let scene = Scene::timeless();
    let script = "trap 'echo no >&2' TERM; echo ready >&2; hear; echo \"$line\" >&2; while :; do sleep 1000; done";
    let mut running = scene.start(scene.prompted(script)).await.expect("it starts");
    let turn = running.begin("x");
    running.hearing.until_line("ready").await;
    running.ask(Ask::Stop).await;
    running.hearing.until_line(r#"{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"s-1"}}"#).await;
    assert!(scene.is_alive());
    scene.clock.advance(Duration::from_secs(1));
    running.hearing.until_line("no").await;
    scene.clock.advance(Duration::from_secs(5));
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert!(!scene.is_alive());
    assert!(!running.agent().can_go_on());
}

#[tokio::test]
async fn one_that_reads_nothing_is_stopped_all_the_same() {
    let scene = Scene::new();
    // It asks more than any pipe holds the answers to, and never reads one; nor does it read its prompt.
    let request = r#"say '{"jsonrpc":"2.0","id":"r","method":"terminal/create"}'"#;
    let script = format!("{OPENING}\necho ready >&2\nwhile :; do {request}; done");
    let mut running = scene.start(scene.acp(&script)).await.expect("it starts");
    let turn = running.begin(&"x".repeat(1 << 20));
    running.hearing.until_line("ready").await;
    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert!(!scene.is_alive());
}

#[tokio::test]
async fn one_that_ends_between_two_turns_takes_no_other() {
    let scene = Scene::new();
    let mut running = scene.start(scene.prompted(&DONE.replace("; hear", ""))).await.expect("it starts");
    assert_eq!(running.turn("x").await, TurnEnd::Succeeded);
    while running.agent().can_go_on() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(running.turn("x").await, TurnEnd::Failed(_)));
}

#[tokio::test]
async fn it_ends_when_nobody_listens_any_more() {
    let scene = Scene::new();
    let chunk = update(r#"{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"x"}}"#);
    let script = format!("echo ready >&2; while :; do {chunk}; echo line >&2; done");
    let mut running = scene.start(scene.prompted(&script)).await.expect("it starts");
    let turn = running.begin("x");
    running.hearing.until_line("ready").await;
    running.hearing.close();
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert!(!scene.is_alive());
}

#[tokio::test]
async fn a_stop_that_crosses_the_answer_is_a_stop() {
    let scene = Scene::new();
    let script = format!("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line >&2; done\n{DONE}");
    let mut running = scene.start(scene.prompted(&script)).await.expect("it starts");
    let turn = running.begin("x");
    // Nobody takes the lines, so that the turn isn't over, whatever the agent has answered.
    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert!(!scene.is_alive());
}
