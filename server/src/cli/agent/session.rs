use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use boardcast_shared::{is_id, random_token};
use serde::{Deserialize, Serialize};

/// A conversation, kept in a file so that a later process can take it up again.
pub struct Session {
    pub id: String,
    pub cwd: PathBuf,
    turns: Mutex<Vec<Turn>>,
}

/// What was asked and what was said to it.
#[derive(Clone, Serialize, Deserialize)]
struct Turn {
    prompt: String,
    reply: String,
}

impl Session {
    pub fn new(cwd: &Path) -> Self {
        let session = Self { id: format!("demo-{}", random_token()), cwd: cwd.to_owned(), turns: Mutex::default() };
        session.save(&[]);
        session
    }

    /// The session of that name which was begun in this folder.
    pub fn load(cwd: &Path, id: &str) -> Option<Self> {
        // It becomes part of a path.
        let turns = std::fs::read(is_id(id).then(|| file(cwd, id))?).ok()?;
        let turns = serde_json::from_slice(&turns).ok()?;
        Some(Self { id: id.to_owned(), cwd: cwd.to_owned(), turns: Mutex::new(turns) })
    }

    /// How many turns it has had.
    pub fn turns(&self) -> usize {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// All that was said, with the kind of update that says it.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let both = |turn: Turn| [("user_message_chunk", turn.prompt), ("agent_message_chunk", turn.reply)];
        turns.into_iter().flat_map(both).collect()
    }

    /// Remembers a turn.
    pub fn add(&self, prompt: &str, reply: &str) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.push(Turn { prompt: prompt.to_owned(), reply: reply.to_owned() });
        self.save(&turns);
    }

    /// A session that can't be kept can't be taken up again; nothing else depends on it.
    fn save(&self, turns: &[Turn]) {
        let text = serde_json::to_vec(turns).unwrap_or_default();
        if let Err(error) = std::fs::write(file(&self.cwd, &self.id), text) {
            eprintln!("demo: the session is not kept: {error}");
        }
    }
}

/// In git's own folder of the work tree, where it is no change of the work; without one hidden in the folder itself.
/// Either way it goes with the folder.
fn file(cwd: &Path, id: &str) -> PathBuf {
    let git = cwd.join(".git");
    let linked = std::fs::read_to_string(&git).ok();
    let dir = match linked.as_ref().and_then(|text| text.trim().strip_prefix("gitdir: ")) {
        Some(linked) => cwd.join(linked),
        None => git,
    };
    if dir.is_dir() { dir.join(format!("boardcast-{id}.json")) } else { cwd.join(format!(".boardcast-{id}.json")) }
}
