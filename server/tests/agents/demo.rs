use std::path::Path;
use std::time::{Duration, Instant};

use boardcast::agents::{Ask, Told, TurnEnd};
use boardcast_shared::{ConversationItem, LogLevel, ToolStatus};

use super::harness::{Scene, items, lines};

fn session(told: &[Told]) -> Vec<(&str, bool)> {
    told.iter()
        .filter_map(|told| match told {
            Told::Session { id, resumed } => Some((id.as_str(), *resumed)),
            _ => None,
        })
        .collect()
}

/// An item without what differs each time.
fn plain(item: &ConversationItem) -> String {
    match item {
        ConversationItem::Message { text, .. } => format!("says {text:?}"),
        ConversationItem::Thinking { text, .. } => format!("thinks {text:?}"),
        ConversationItem::Tool { tool, .. } => {
            let output = tool.output.as_deref().unwrap_or_default().lines().last().unwrap_or_default();
            format!("{} {} {:?} {:?} {:?} {output:?}", tool.kind, tool.name, tool.command, tool.status, tool.exit_code)
        }
        other => format!("{other:?}"),
    }
}

/// What is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect()
}

#[tokio::test]
async fn a_plain_turn_shows_everything_once() {
    let scene = Scene::new();
    std::fs::create_dir(scene.dir.path().join(".git")).expect("a folder");
    let begun = Instant::now();
    let (end, told) = scene.play(scene.demo(), "Write the tests\nall of them").await;
    assert_eq!(end, TurnEnd::Succeeded);
    assert!(begun.elapsed() >= Duration::from_secs(1));

    let parts: Vec<String> = items(&told).into_iter().map(plain).collect();
    assert_eq!(
        parts,
        [
            r#"thinks "The task is: Write the tests\nI look around first, then write a note, then check it.""#,
            r#"says "I look at what is here before I change anything.""#,
            r#"read List the files None Succeeded None ".git""#,
            r#"edit Edit demo-notes.md None Succeeded None "+- Write the tests""#,
            r#"execute wc -l demo-notes.md Some("wc -l demo-notes.md") Succeeded Some(0) "1 demo-notes.md""#,
            r#"says "Done: the note about *Write the tests* is written.""#,
        ]
    );
    assert!(matches!(session(&told)[..], [(_, false)]));
    let todos: Vec<_> =
        told.iter().filter_map(|told| if let Told::Todos(todos) = told { Some(todos) } else { None }).collect();
    assert_eq!(
        todos.iter().map(|todos| (todos.completed, todos.total)).collect::<Vec<_>>(),
        [(0, 3), (1, 3), (2, 3), (3, 3)]
    );
    assert!(matches!(lines(&told)[..], [(LogLevel::Info, line)] if line.starts_with("demo: turn 1 in ")));
    let notes = std::fs::read_to_string(scene.dir.path().join("demo-notes.md")).expect("the changed file");
    assert_eq!(notes, "- Write the tests\n");
}

#[tokio::test]
async fn a_later_process_takes_the_session_up_again() {
    let scene = Scene::new();
    std::fs::create_dir(scene.dir.path().join(".git")).expect("a folder");
    let (_, told) = scene.play(scene.demo(), "/silent 0").await;
    let id = session(&told)[0].0.to_owned();

    let mut launch = scene.demo();
    launch.session = Some(id.clone());
    let (end, told) = scene.play(launch, "/silent 0").await;
    assert_eq!(end, TurnEnd::Succeeded);
    assert_eq!(session(&told), [(id.as_str(), true)]);
    assert_eq!(items(&told).len(), 1, "{told:?}");

    for unknown in ["demo-0000000000000000", "../../../etc/passwd"] {
        let mut launch = scene.demo();
        launch.session = Some(unknown.into());
        let (_, told) = scene.play(launch, "/silent 0").await;
        assert!(matches!(session(&told)[..], [(new, false)] if new != unknown), "{told:?}");
        assert_eq!(lines(&told)[0], (LogLevel::Warn, "it refused session/load: no such session"));
    }
}

#[tokio::test]
async fn outside_a_work_tree_the_session_stays_in_the_folder_itself() {
    let scene = Scene::new();
    let temporary = tempfile::tempdir().expect("a folder");
    let launch = || {
        let mut launch = scene.demo();
        launch.program.env.push(("TMPDIR".into(), temporary.path().to_str().expect("UTF-8").into()));
        launch
    };
    let (_, told) = scene.play(launch(), "/silent 0").await;
    let id = session(&told)[0].0.to_owned();
    assert_eq!(names(scene.dir.path()), [format!(".boardcast-{id}.json")]);
    assert_eq!(names(temporary.path()), Vec::<String>::new());

    let mut again = launch();
    again.session = Some(id.clone());
    let (_, told) = scene.play(again, "/silent 0").await;
    assert_eq!(session(&told), [(id.as_str(), true)]);
}

#[tokio::test]
async fn a_process_takes_one_prompt_after_the_other_and_keeps_what_comes_too_early() {
    let scene = Scene::new();
    let mut running = scene.start(scene.demo()).await.expect("it starts");
    let turn = running.begin("/slow 1");
    running.ask(Ask::Prompt("/silent 0".into())).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Succeeded);
    assert!(running.agent().can_go_on());
    let waiting = running.agent().waiting();
    assert_eq!(waiting, ["/silent 0"]);
    assert_eq!(running.turn(&waiting[0]).await, TurnEnd::Succeeded);
    let ids: Vec<_> = items(&running.hearing.all).into_iter().map(ConversationItem::id).collect();
    assert_eq!(ids.len(), 2);
    running.end().await;
}

#[tokio::test]
async fn it_crashes_in_mid_turn_when_told_to() {
    let scene = Scene::new();
    let (end, told) = scene.play(scene.demo(), "/crash").await;
    assert_eq!(end, TurnEnd::Failed("the agent exited with code 70 in the middle of its turn".into()));
    assert!(
        items(&told)
            .into_iter()
            .any(|item| matches!(item, ConversationItem::Tool { tool, .. } if tool.status == ToolStatus::Cancelled))
    );
}

#[tokio::test]
async fn a_flood_of_it_arrives_whole() {
    let scene = Scene::new();
    let (end, told) = scene.play(scene.demo(), "/flood 20000").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let expected: Vec<String> = (1..=20000).map(|line| format!("line {line} of 20000")).collect();
    assert_eq!(lines(&told).into_iter().map(|(_, line)| line).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn it_is_stopped_in_the_middle() {
    for prompt in ["/slow 1000", "/silent 1000", "/flood 100000000", "a plain turn"] {
        let scene = Scene::new();
        let mut running = scene.start(scene.demo()).await.expect("it starts");
        let turn = running.begin(prompt);
        running.ask(Ask::Stop).await;
        assert_eq!(running.finish(turn).await, TurnEnd::Stopped, "{prompt}");
        assert!(!scene.is_alive(), "{prompt}");
    }
}
