use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::scenario::{Cancelled, Stage};

/// Between two things to see.
const BEAT: Duration = Duration::from_millis(250);
/// The file that a turn adds a line to.
const NOTES: &str = "demo-notes.md";
const STEPS: [&str; 3] = ["Look around", "Write a note", "Check the note"];
/// So many names of a folder are shown.
const MOST_NAMES: usize = 20;

/// A turn that shows everything once, in a few seconds.
pub async fn play(stage: &Stage, prompt: &str) -> Result<(), Cancelled> {
    let task = prompt.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("nothing in particular");
    eprintln!("demo: turn {} in {}", stage.session.turns() + 1, stage.session.cwd.display());
    think(stage, "The task is: ").await;
    think(stage, task).await;
    stage.rest(BEAT).await?;
    think(stage, "\nI look around first, then write a note, then check it.").await;
    steps(stage, 0).await;
    stage.rest(BEAT).await?;
    for words in ["I look at ", "what is here ", "before I change ", "anything."] {
        stage.say(words).await;
        stage.rest(BEAT / 4).await?;
    }
    look_around(stage).await?;
    steps(stage, 1).await;
    let is_written = write(stage, task).await?;
    steps(stage, 2).await;
    if is_written {
        check(stage).await?;
        steps(stage, 3).await;
    }
    for words in
        ["Done: ", "the note about ", "*", task, "* ", if is_written { "is written." } else { "could not be written." }]
    {
        stage.say(words).await;
        stage.rest(BEAT / 4).await?;
    }
    Ok(())
}

async fn think(stage: &Stage, text: &str) {
    let content = json!({ "type": "text", "text": text });
    stage.update(json!({ "sessionUpdate": "agent_thought_chunk", "content": content })).await;
}

/// The plan, with so many of its steps done.
async fn steps(stage: &Stage, done: usize) {
    let entry = |(n, step): (usize, &&str)| {
        let status = match n {
            n if n < done => "completed",
            n if n == done => "in_progress",
            _ => "pending",
        };
        json!({ "content": step, "priority": "medium", "status": status })
    };
    let entries: Vec<Value> = STEPS.iter().enumerate().map(entry).collect();
    stage.update(json!({ "sessionUpdate": "plan", "entries": entries })).await;
}

/// A tool call that begins, takes a while, and ends with `end`.
async fn tool(stage: &Stage, begin: Value, end: impl FnOnce() -> Value) -> Result<(), Cancelled> {
    let id = format!("{}-{}", begin["kind"].as_str().unwrap_or("tool"), stage.session.turns() + 1);
    let mut call = begin;
    call["sessionUpdate"] = "tool_call".into();
    call["toolCallId"] = id.clone().into();
    call["status"] = "pending".into();
    stage.update(call).await;
    stage.update(json!({ "sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress" })).await;
    stage.rest(BEAT).await?;
    let mut update = end();
    update["sessionUpdate"] = "tool_call_update".into();
    update["toolCallId"] = id.into();
    stage.update(update).await;
    stage.rest(BEAT).await
}

fn shown(text: &str) -> Value {
    json!([{ "type": "content", "content": { "type": "text", "text": text } }])
}

async fn look_around(stage: &Stage) -> Result<(), Cancelled> {
    let cwd = &stage.session.cwd;
    tool(stage, json!({ "title": "List the files", "kind": "read" }), || {
        let entries = std::fs::read_dir(cwd).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.truncate(MOST_NAMES);
        json!({ "status": "completed", "content": shown(&names.join("\n")) })
    })
    .await
}

/// Says whether it succeeded.
async fn write(stage: &Stage, task: &str) -> Result<bool, Cancelled> {
    let path = stage.session.cwd.join(NOTES);
    let old = std::fs::read_to_string(&path).ok();
    let line = format!("- {task}\n");
    let mut is_written = false;
    tool(stage, json!({ "title": format!("Edit {NOTES}"), "kind": "edit" }), || match append(&path, &line) {
        Ok(()) => {
            is_written = true;
            let new = format!("{}{line}", old.as_deref().unwrap_or_default());
            let diff = json!([{ "type": "diff", "path": path, "oldText": old, "newText": new }]);
            json!({ "status": "completed", "content": diff })
        }
        Err(error) => json!({ "status": "failed", "content": shown(&error.to_string()) }),
    })
    .await?;
    Ok(is_written)
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
}

async fn check(stage: &Stage) -> Result<(), Cancelled> {
    let path = stage.session.cwd.join(NOTES);
    let command = format!("wc -l {NOTES}");
    tool(stage, json!({ "title": command, "kind": "execute", "rawInput": { "command": command } }), || {
        let lines = std::fs::read_to_string(&path).map_or(0, |text| text.lines().count());
        let output = format!("{lines} {NOTES}\n");
        json!({ "status": "completed", "content": shown(&output), "rawOutput": { "exitCode": 0, "output": output } })
    })
    .await
}
