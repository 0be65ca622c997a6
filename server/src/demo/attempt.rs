use std::time::{Duration, SystemTime, UNIX_EPOCH};

use boardcast_shared::{AttemptId, Card, ConversationItem, MessageFormat, MessageRole, Time, ToolCall, ToolStatus};
use serde_json::{Value, json};

use super::board::{AGENT, DemoBoard, cloud_event};
use super::scratch::Scratch;
use super::story::{Item, item_titled};

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Succeeds,
    /// As attempts sometimes do; the card waits for the next one.
    TestsFail,
}

/// The branch of a card's attempts.
pub fn branch_of(card: &Card) -> String {
    format!("demo/{}", card.ticket_key.to_lowercase())
}

/// One attempt at a card, reported as an outside program would, with its commits in the checkout.
pub struct Attempt<'a> {
    board: &'a DemoBoard,
    scratch: &'a Scratch,
    card: &'a Card,
    item: &'static Item,
    id: AttemptId,
    /// The time between two things to see.
    beat: Duration,
    /// Numbers the events, so that one that is sent again counts once.
    sent: u32,
}

impl<'a> Attempt<'a> {
    pub fn new(board: &'a DemoBoard, scratch: &'a Scratch, card: &'a Card, beat: Duration) -> Self {
        Self { board, scratch, card, item: item_titled(&card.title), id: AttemptId::random(), beat, sent: 0 }
    }

    /// Plays it to its end. Only a server that is gone for good, or a card or board that is gone, is an error.
    pub async fn play(mut self, ending: Ending) -> anyhow::Result<()> {
        let branch = branch_of(self.card);
        let origin = json!({"agent": AGENT, "branchName": branch, "baseBranch": "main"});
        self.tell("attempt.queued", &merged(&origin, &json!({"cardId": self.card.id, "status": "queued"}))).await?;
        self.tell("attempt.started", &merged(&origin, &json!({"cardId": self.card.id}))).await?;
        self.status("running", None).await?;
        match self.work(&branch, ending).await {
            Ok(()) if ending == Ending::TestsFail => self.status("failed", Some("2 of 14 tests failed")).await,
            Ok(()) => self.status("succeeded", None).await,
            Err(error) => {
                self.scratch.recover().await;
                self.status("failed", Some(&format!("{error:#}"))).await
            }
        }
    }

    async fn work(&mut self, branch: &str, ending: Ending) -> anyhow::Result<()> {
        let item = self.item;
        self.tell("attempt.session.recorded", &json!({"sessionId": format!("demo-{}", self.id)})).await?;
        self.say("task", MessageRole::User, &format!("{}\n\n{}", self.card.title, item.description)).await?;
        self.rest().await;
        self.converse(&ConversationItem::Thinking {
            id: "thought".into(),
            timestamp: now(),
            text: item.thought.into(),
        })
        .await?;
        self.todos(0).await?;
        self.rest().await;
        // A message that grows: later versions replace the earlier ones.
        let (head, _) = item.plan.split_at(item.plan.find(' ').map_or(0, |first| first + 1));
        self.say("plan", MessageRole::Assistant, head).await?;
        self.rest().await;
        self.say("plan", MessageRole::Assistant, item.plan).await?;
        self.tool("read", "read", &format!("cat src/{}.js", item.file), ToolStatus::Created, None).await?;
        self.rest().await;
        self.tool("read", "read", &format!("cat src/{}.js", item.file), ToolStatus::Succeeded, Some("")).await?;
        self.todos(1).await?;

        self.scratch.begin(branch).await?;
        let test = format!("test/{}.test.js", item.file);
        self.scratch.write(&test, &self.test_file())?;
        self.log("info", &format!("wrote {test}")).await?;
        self.rest().await;
        self.scratch.commit(&format!("test: {}", self.subject())).await?;
        self.todos(2).await?;
        self.rest().await;

        if ending == Ending::TestsFail {
            return self.tests("not ok 3 - after a second change\nnot ok 9 - with an empty list\n# fail 2").await;
        }
        let code = format!("src/{}.js", item.file);
        self.scratch.write(&code, &format!("// {}: {}\n\n{}", self.card.ticket_key, self.card.title, item.code))?;
        self.log("info", &format!("wrote {code}")).await?;
        self.todos(3).await?;
        self.rest().await;
        self.tests("").await?;
        self.todos(4).await?;
        self.scratch.commit(&format!("{}: {}", item.kind, self.subject())).await?;
        self.rest().await;
        self.scratch.push(branch).await?;
        self.rest().await;
        self.say("report", MessageRole::Assistant, item.report).await
    }

    /// Runs the tests; what fails is in `failures`.
    async fn tests(&mut self, failures: &str) -> anyhow::Result<()> {
        self.tool("tests", "execute", "node --test", ToolStatus::Created, None).await?;
        self.rest().await;
        self.tool("tests", "execute", "node --test", ToolStatus::Running, None).await?;
        self.rest().await;
        if failures.is_empty() {
            self.tool("tests", "execute", "node --test", ToolStatus::Succeeded, Some("# tests 14\n# pass 14")).await
        } else {
            self.log("warn", "the tests fail after the change").await?;
            self.tool("tests", "execute", "node --test", ToolStatus::Failed, Some(failures)).await
        }
    }

    async fn todos(&mut self, completed: usize) -> anyhow::Result<()> {
        let todos = self.item.todos;
        let items: Vec<Value> = todos
            .iter()
            .enumerate()
            .map(|(n, text)| {
                let status = if n < completed { "done" } else { "open" };
                json!({"id": (n + 1).to_string(), "text": text, "status": status})
            })
            .collect();
        let todos = json!({"total": items.len(), "completed": completed, "items": items});
        self.tell("attempt.todos.updated", &json!({"todos": todos})).await
    }

    async fn say(&mut self, id: &str, role: MessageRole, text: &str) -> anyhow::Result<()> {
        let message = ConversationItem::Message {
            id: id.into(),
            timestamp: now(),
            role,
            text: text.into(),
            format: MessageFormat::Markdown,
        };
        self.converse(&message).await
    }

    async fn tool(
        &mut self,
        id: &str,
        kind: &str,
        command: &str,
        status: ToolStatus,
        output: Option<&str>,
    ) -> anyhow::Result<()> {
        let exit_code = match status {
            ToolStatus::Succeeded => Some(0),
            ToolStatus::Failed => Some(1),
            ToolStatus::Created | ToolStatus::Running | ToolStatus::Cancelled => None,
        };
        let tool = ToolCall {
            call_id: id.into(),
            name: "Shell".into(),
            kind: kind.into(),
            command: Some(command.into()),
            status,
            started_at: (status != ToolStatus::Created).then(now),
            completed_at: exit_code.map(|_| now()),
            exit_code,
            output: output.map(Into::into),
        };
        self.converse(&ConversationItem::Tool { id: id.into(), timestamp: now(), tool }).await
    }

    async fn converse(&mut self, item: &ConversationItem) -> anyhow::Result<()> {
        self.tell("attempt.conversation.appended", &json!({"item": item})).await
    }

    async fn log(&mut self, level: &str, message: &str) -> anyhow::Result<()> {
        self.tell("attempt.log.appended", &json!({"level": level, "message": message})).await
    }

    async fn status(&mut self, status: &str, error: Option<&str>) -> anyhow::Result<()> {
        let mut data = json!({"cardId": self.card.id, "agent": AGENT, "status": status});
        if let Some(error) = error {
            data["error"] = error.into();
        }
        self.tell("attempt.status.changed", &data).await
    }

    async fn tell(&mut self, kind: &str, data: &Value) -> anyhow::Result<()> {
        self.sent += 1;
        let data = merged(&json!({"boardId": self.board.id(), "attemptId": self.id}), data);
        Ok(self.board.report(&[cloud_event(&format!("{}-{}", self.id, self.sent), kind, &data)]).await?)
    }

    async fn rest(&self) {
        tokio::time::sleep(self.beat).await;
    }

    /// The title as a commit's subject has it.
    fn subject(&self) -> String {
        let mut letters = self.card.title.chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
    }

    fn test_file(&self) -> String {
        let (file, key, title) = (self.item.file, &self.card.ticket_key, self.card.title.replace('\'', "’"));
        format!(
            "import assert from 'node:assert/strict'\nimport test from 'node:test'\n\nimport * as {file} from '../src/{file}.js'\n\n\
             test('{key}: {title}', () => {{\n  assert.ok(Object.keys({file}).length > 0)\n}})\n"
        )
    }
}

fn merged(one: &Value, other: &Value) -> Value {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    members(one).into_iter().chain(members(other)).collect::<serde_json::Map<_, _>>().into()
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
