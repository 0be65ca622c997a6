use std::time::Duration;

use serde_json::{Value, json};

use super::scenario::{Cancelled, Stage};

/// Between two things to see.
pub const BEAT: Duration = Duration::from_millis(250);

impl Stage {
    /// Thinks aloud.
    pub async fn think(&self, text: &str) {
        let content = json!({ "type": "text", "text": text });
        self.update(json!({ "sessionUpdate": "agent_thought_chunk", "content": content })).await;
    }

    /// The plan, with so many of its steps done.
    pub async fn plan(&self, steps: &[&str], done: usize) {
        let entry = |(n, step): (usize, &&str)| {
            let status = match n {
                n if n < done => "completed",
                n if n == done => "in_progress",
                _ => "pending",
            };
            json!({ "content": step, "priority": "medium", "status": status })
        };
        let entries: Vec<Value> = steps.iter().enumerate().map(entry).collect();
        self.update(json!({ "sessionUpdate": "plan", "entries": entries })).await;
    }

    /// A tool call that begins, takes a while, and ends with what `work` gives.
    pub async fn tool(&self, begin: Value, work: impl Future<Output = Value>) -> Result<(), Cancelled> {
        let id = self.next_call_id();
        let mut call = begin;
        call["sessionUpdate"] = "tool_call".into();
        call["toolCallId"] = id.clone().into();
        call["status"] = "pending".into();
        self.update(call).await;
        self.update(json!({ "sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress" })).await;
        self.rest(BEAT).await?;
        let mut update = self.unless_cancelled(work).await?;
        update["sessionUpdate"] = "tool_call_update".into();
        update["toolCallId"] = id.into();
        self.update(update).await;
        self.rest(BEAT).await
    }
}

/// What a tool shows of its work.
pub fn shown(text: &str) -> Value {
    json!([{ "type": "content", "content": { "type": "text", "text": text } }])
}

/// A file that a tool has written.
pub fn written(path: &std::path::Path, old: Option<&str>, new: &str) -> Value {
    json!({ "status": "completed", "content": [{ "type": "diff", "path": path, "oldText": old, "newText": new }] })
}

/// A command that has run.
pub fn ran(exit_code: i32, output: &str) -> Value {
    let status = if exit_code == 0 { "completed" } else { "failed" };
    json!({ "status": status, "content": shown(output), "rawOutput": { "exitCode": exit_code, "output": output } })
}

/// What couldn't be done.
pub fn failed(error: &std::io::Error) -> Value {
    json!({ "status": "failed", "content": shown(&error.to_string()) })
}
