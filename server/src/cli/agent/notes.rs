//! Work on a card of the demo's board: real files, commits and a test run in the attempt's work tree.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use super::scenario::{Cancelled, Stage};
use super::showing::{BEAT, failed, ran, shown, written};
use crate::demo::story::Item;

/// What takes longer hangs.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Who commits, so that it works on a machine where git knows nobody.
const COMMITTER: [&str; 4] = ["-c", "user.name=Boardcast Demo", "-c", "user.email=demo@boardcast.invalid"];

/// A turn in which the item is worked on; the prompt begins with the card's title.
pub async fn play(stage: &Stage, item: &Item, prompt: &str) -> Result<(), Cancelled> {
    let title = prompt.lines().next().unwrap_or_default().trim();
    let subject = subject(title);
    let (code, test) = (format!("src/{}.js", item.file), format!("test/{}.test.js", item.file));
    eprintln!("demo: {title}, in {}", stage.session.cwd.display());
    stage.think(item.thought).await;
    stage.plan(&item.todos, 0).await;
    stage.rest(BEAT).await?;
    // A message that grows, word by word.
    for word in item.plan.split_inclusive(' ') {
        stage.say(word).await;
        stage.rest(BEAT / 10).await?;
    }
    read(stage, &code).await?;
    stage.plan(&item.todos, 1).await;
    write(stage, &test, &test_of(item, title)).await?;
    commit(stage, &format!("test: {subject}")).await?;
    stage.plan(&item.todos, 2).await;
    write(stage, &code, &format!("// {title}\n\n{}", item.code)).await?;
    stage.plan(&item.todos, 3).await;
    run(stage, "node", &["--test"]).await?;
    commit(stage, &format!("{}: {subject}", item.kind)).await?;
    stage.plan(&item.todos, 4).await;
    for word in item.report.split_inclusive(' ') {
        stage.say(word).await;
        stage.rest(BEAT / 10).await?;
    }
    Ok(())
}

/// The title as a commit's subject has it.
fn subject(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn test_of(item: &Item, title: &str) -> String {
    let (file, title) = (item.file, title.replace('\'', "’"));
    format!(
        "import assert from 'node:assert/strict'\nimport test from 'node:test'\n\nimport * as {file} from '../src/{file}.js'\n\n\
         test('{title}', () => {{\n  assert.ok(Object.keys({file}).length > 0)\n}})\n"
    )
}

async fn read(stage: &Stage, path: &str) -> Result<(), Cancelled> {
    let text = std::fs::read_to_string(stage.session.cwd.join(path)).unwrap_or_else(|_| "It isn't there yet.".into());
    let done = async { json!({ "status": "completed", "content": shown(&text) }) };
    stage.tool(json!({ "title": format!("Read {path}"), "kind": "read" }), done).await
}

async fn write(stage: &Stage, path: &str, text: &str) -> Result<(), Cancelled> {
    let file = stage.session.cwd.join(path);
    let work = async {
        let old = std::fs::read_to_string(&file).ok();
        match replace(&file, text) {
            Ok(()) => written(&file, old.as_deref(), text),
            Err(error) => failed(&error),
        }
    };
    stage.tool(json!({ "title": format!("Edit {path}"), "kind": "edit" }), work).await
}

fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(file.parent().unwrap_or(file))?;
    std::fs::write(file, text)
}

/// Commits all of it; nothing when an earlier turn has left nothing to do.
async fn commit(stage: &Stage, subject: &str) -> Result<(), Cancelled> {
    let cwd = &stage.session.cwd;
    let git = [&COMMITTER[..], &["-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"]].concat();
    for args in [&["add", "--all"][..], &["commit", "--quiet", "--message", subject]] {
        match stage.unless_cancelled(output(cwd, "git", &[&git, args].concat())).await? {
            Ok(done) => eprint!("{}", String::from_utf8_lossy(&done.stderr)),
            Err(error) => eprintln!("demo: git {}: {error}", args[0]),
        }
    }
    stage.rest(BEAT).await
}

async fn run(stage: &Stage, program: &str, args: &[&str]) -> Result<(), Cancelled> {
    let command = format!("{program} {}", args.join(" "));
    let work = async {
        match output(&stage.session.cwd, program, args).await {
            Ok(done) => ran(done.status.code().unwrap_or(-1), &String::from_utf8_lossy(&done.stdout)),
            Err(error) => failed(&std::io::Error::new(error.kind(), format!("{program}: {error}"))),
        }
    };
    let call: Value = json!({ "title": command, "kind": "execute", "rawInput": { "command": command } });
    stage.tool(call, work).await
}

async fn output(cwd: &Path, program: &str, args: &[&str]) -> std::io::Result<std::process::Output> {
    let mut command = Command::new(program);
    command.args(args).current_dir(cwd).stdin(Stdio::null()).kill_on_drop(true);
    tokio::time::timeout(TIMEOUT, command.output()).await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_begins_small() {
        assert_eq!(subject("Undo keeps the cursor"), "undo keeps the cursor");
        assert_eq!(subject("Übung"), "übung");
        assert_eq!(subject(""), "");
    }
}
