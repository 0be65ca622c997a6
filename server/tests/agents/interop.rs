//! Against another implementation of the protocol: the official TypeScript SDK, which `npm ci` installs.

use std::path::PathBuf;
use std::process::Stdio;

use boardcast::agents::{Ask, Launch, Told, TurnEnd};
use boardcast_shared::{AgentProtocol, ConversationItem, LogLevel, ToolStatus};

use super::harness::{Scene, items, lines};

fn script(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../e2e/acp").join(name);
    let path = path.canonicalize().expect("the script");
    let sdk = path.ancestors().nth(3).expect("the root").join("node_modules/@agentclientprotocol/sdk");
    assert!(sdk.is_dir(), "the other implementation is missing: run npm ci --ignore-scripts");
    path.to_str().expect("UTF-8").to_owned()
}

fn sdk_agent(scene: &Scene) -> Launch {
    scene.launch(AgentProtocol::Acp, "node", &[&script("agent.mjs")])
}

#[tokio::test]
async fn an_agent_of_another_make_is_understood() {
    let scene = Scene::new();
    let mut running = scene.start(sdk_agent(&scene)).await.expect("it starts");
    let turn = running.begin("go");
    running.hearing.until(|told| *told == Told::NeedsInput(true)).await;
    let asked = items(&running.hearing.all).into_iter().find_map(|item| match item {
        ConversationItem::Permission { request, .. } => Some(request.request_id.clone()),
        _ => None,
    });
    assert_eq!(running.answer(&asked.expect("a question"), "yes").await, Ok(()));
    assert_eq!(running.finish(turn).await, TurnEnd::Succeeded);
    let told = &running.hearing.all;
    assert!(told.contains(&Told::Session { id: "sdk-1".into(), resumed: false }));
    assert!(lines(told).contains(&(LogLevel::Info, "sdk-agent: working")), "{:?}", lines(told));
    assert!(matches!(
        items(told)[..],
        [ConversationItem::Message { text, .. }, ConversationItem::Tool { tool, .. }, ConversationItem::Permission { .. }]
            if text == "I need a permission." && tool.status == ToolStatus::Succeeded
                && tool.output.as_deref() == Some("--- /a\n+++ /a\n-x\n+y\n")
    ));

    let turn = running.begin("wait");
    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
}

#[tokio::test]
async fn a_session_of_another_make_is_taken_up_again() {
    let scene = Scene::new();
    let mut launch = sdk_agent(&scene);
    launch.session = Some("sdk-0".into());
    let mut running = scene.start(launch).await.expect("it starts");
    let turn = running.begin("wait");
    running.hearing.until(|told| *told == Told::Session { id: "sdk-0".into(), resumed: true }).await;
    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert!(items(&running.hearing.all).is_empty());
}

#[tokio::test]
async fn the_demo_agent_is_understood_by_a_client_of_another_make() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(dir.path().join(".git")).expect("a folder");
    let client = tokio::process::Command::new("node")
        .args([&script("client.mjs"), env!("CARGO_BIN_EXE_boardcast")])
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = client.await.expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let heard: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let expected = serde_json::json!({
        "protocolVersion": 1,
        "stopReasons": ["end_turn", "end_turn", "cancelled"],
        "kinds": ["agent_message_chunk", "agent_thought_chunk", "plan", "tool_call", "tool_call_update"],
        "replayed": [
            "user_message_chunk", "agent_message_chunk",
            "user_message_chunk", "agent_message_chunk",
            "user_message_chunk", "agent_message_chunk",
        ],
        "unknown": -32601,
        "isOne": true,
    });
    assert_eq!(heard, expected);
}
