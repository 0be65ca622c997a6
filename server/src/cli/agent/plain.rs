use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use super::scenario::{Cancelled, Stage};
use super::showing::{BEAT, failed, ran, shown, written};

/// The file that a turn adds a line to.
const NOTES: &str = "demo-notes.md";
const STEPS: [&str; 3] = ["Look around", "Write a note", "Check the note"];
/// So many names of a folder are shown.
const MOST_NAMES: usize = 20;

/// A turn that shows everything once, in a few seconds.
pub async fn play(stage: &Stage, prompt: &str) -> Result<(), Cancelled> {
    let task = prompt.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("nothing in particular");
    eprintln!("demo: turn {} in {}", stage.session.turns() + 1, stage.session.cwd.display());
    stage.think("The task is: ").await;
    stage.think(task).await;
    stage.rest(BEAT).await?;
    stage.think("\nI look around first, then write a note, then check it.").await;
    stage.plan(&STEPS, 0).await;
    stage.rest(BEAT).await?;
    for words in ["I look at ", "what is here ", "before I change ", "anything."] {
        stage.say(words).await;
        stage.rest(BEAT / 4).await?;
    }
    look_around(stage).await?;
    stage.plan(&STEPS, 1).await;
    let is_written = write(stage, task).await?;
    stage.plan(&STEPS, 2).await;
    if is_written {
        check(stage).await?;
        stage.plan(&STEPS, 3).await;
    }
    for words in
        ["Done: ", "the note about ", "*", task, "* ", if is_written { "is written." } else { "could not be written." }]
    {
        stage.say(words).await;
        stage.rest(BEAT / 4).await?;
    }
    Ok(())
}

async fn look_around(stage: &Stage) -> Result<(), Cancelled> {
    let look = async {
        let entries = std::fs::read_dir(&stage.session.cwd).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.truncate(MOST_NAMES);
        json!({ "status": "completed", "content": shown(&names.join("\n")) })
    };
    stage.tool(json!({ "title": "List the files", "kind": "read" }), look).await
}

/// Says whether it succeeded.
async fn write(stage: &Stage, task: &str) -> Result<bool, Cancelled> {
    let path = stage.session.cwd.join(NOTES);
    let old = std::fs::read_to_string(&path).ok();
    let line = format!("- {task}\n");
    let mut is_written = false;
    let write = async {
        match append(&path, &line) {
            Ok(()) => {
                is_written = true;
                written(&path, old.as_deref(), &format!("{}{line}", old.as_deref().unwrap_or_default()))
            }
            Err(error) => failed(&error),
        }
    };
    stage.tool(json!({ "title": format!("Edit {NOTES}"), "kind": "edit" }), write).await?;
    Ok(is_written)
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
}

async fn check(stage: &Stage) -> Result<(), Cancelled> {
    let path = stage.session.cwd.join(NOTES);
    let command = format!("wc -l {NOTES}");
    let count = async {
        let lines = std::fs::read_to_string(&path).map_or(0, |text| text.lines().count());
        ran(0, &format!("{lines} {NOTES}\n"))
    };
    stage.tool(json!({ "title": command, "kind": "execute", "rawInput": { "command": command } }), count).await
}
