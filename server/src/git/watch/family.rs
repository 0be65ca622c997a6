use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, Weak};

use boardcast_shared::{AttemptId, BoardId};
use tokio::sync::{Mutex as Turn, Semaphore};

use super::identity::Identity;
use super::{Context, Fact, Observed, lock};
use crate::git::command::GitError;
use crate::git::commits::{HeadLog, made};
use crate::git::pushes::{Push, PushLogs};
use crate::git::reflog::Entry;
use crate::git::repository::Repository;

type Owner = Option<AttemptId>;

/// The families that have a member.
#[derive(Debug, Default)]
pub struct Families(Mutex<HashMap<(BoardId, Identity), Weak<Family>>>);

/// The checkouts of one board that share one repository. Their commits and pushes are told in one order, each once.
#[derive(Debug)]
pub struct Family {
    board_id: BoardId,
    logs: Mutex<Logs>,
    /// Facts to be told; held by whoever is telling.
    untold: Turn<VecDeque<Observed>>,
}

/// The logs, and what has been read in them and isn't a fact yet. It stays here until it is one, so that a look that
/// is broken off half-way loses nothing.
#[derive(Debug)]
struct Logs {
    heads: HashMap<Owner, HeadLog>,
    pushes: PushLogs,
    entries: VecDeque<(Owner, Vec<Entry>)>,
    pushed: Vec<Push>,
}

/// Which logs a look reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// HEAD's of each checkout.
    Commits,
    /// Also those of all remote-tracking refs.
    CommitsAndPushes,
}

/// A checkout's place in its family; dropped, the checkout has left it.
#[derive(Debug)]
pub struct Member {
    family: Arc<Family>,
    owner: Owner,
}

impl Families {
    /// Enters a checkout at the present end of its logs. Blocks on the file system.
    pub fn join(&self, board_id: &BoardId, owner: Owner, repository: &Repository) -> io::Result<Member> {
        let head = HeadLog::at_end(&repository.git_dir)?;
        let mut families = lock(&self.0);
        families.retain(|_, family| family.strong_count() > 0);
        let key = (board_id.clone(), Identity::of(&repository.common_dir)?);
        let family = match families.get(&key).and_then(Weak::upgrade) {
            Some(family) => family,
            None => Arc::new(Family {
                board_id: board_id.clone(),
                logs: Mutex::new(Logs {
                    heads: HashMap::new(),
                    pushes: PushLogs::at_end(&repository.common_dir)?,
                    entries: VecDeque::new(),
                    pushed: Vec::new(),
                }),
                untold: Turn::default(),
            }),
        };
        families.insert(key, Arc::downgrade(&family));
        lock(&family.logs).heads.insert(owner.clone(), head);
        Ok(Member { family, owner })
    }
}

impl Member {
    /// Reads on in the logs of the whole family and tells what is new: the commits of each checkout, then the pushes.
    ///
    /// Safe to break off: nothing is lost or told twice.
    ///
    /// # Errors
    /// When git gives no answer; what it was asked about stays to be told.
    pub async fn tell_news(&self, scope: Scope, repository: &Repository, context: &Context) -> Result<(), TellError> {
        let mut untold = self.family.untold.lock().await;
        let family = Arc::clone(&self.family);
        tokio::task::spawn_blocking(move || lock(&family.logs).read(scope)).await.map_err(io::Error::other)??;
        self.family.describe(repository, &context.processes, &mut untold).await?;
        while !untold.is_empty() {
            let Ok(place) = context.sink.reserve().await else { return Ok(()) };
            if let Some(fact) = untold.pop_front()
                && self.family.is_member(&fact)
            {
                place.send(fact);
            }
        }
        Ok(())
    }

    /// Where the checkout's reflog last saw HEAD.
    pub fn logged_head(&self) -> Option<String> {
        lock(&self.family.logs).heads.get(&self.owner)?.head()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        lock(&self.family.logs).heads.remove(&self.owner);
    }
}

impl Family {
    /// Turns what was read into facts.
    async fn describe(
        &self,
        repository: &Repository,
        processes: &Semaphore,
        untold: &mut VecDeque<Observed>,
    ) -> Result<(), GitError> {
        loop {
            let Some((owner, entries)) = lock(&self.logs).entries.front().cloned() else { break };
            let _slot = processes.acquire().await;
            let commits = made(repository, &entries).await?;
            lock(&self.logs).entries.pop_front();
            untold.extend(commits.into_iter().map(|commit| self.observed(owner.clone(), Fact::Commit(commit))));
        }
        if !lock(&self.logs).pushed.is_empty() {
            let _slot = processes.acquire().await;
            let remotes = repository.remotes().await?;
            for push in std::mem::take(&mut lock(&self.logs).pushed) {
                let (remote, branch) = push.remote_and_branch(&remotes);
                untold.push_back(self.observed(None, Fact::Push { remote, branch, sha: push.sha, ts: push.ts }));
            }
        }
        Ok(())
    }

    fn is_member(&self, fact: &Observed) -> bool {
        matches!(fact.fact, Fact::Push { .. }) || lock(&self.logs).heads.contains_key(&fact.attempt)
    }

    fn observed(&self, attempt: Owner, fact: Fact) -> Observed {
        Observed { board_id: self.board_id.clone(), attempt, fact }
    }
}

impl Logs {
    /// Reads on in all of them; one that can't be read keeps none of the others from it.
    fn read(&mut self, scope: Scope) -> io::Result<()> {
        let mut failed = Ok(());
        for (owner, head) in &mut self.heads {
            match head.news() {
                Ok(entries) if entries.is_empty() => {}
                Ok(entries) => self.entries.push_back((owner.clone(), entries)),
                Err(error) => failed = Err(error),
            }
        }
        if scope == Scope::CommitsAndPushes {
            self.pushed.extend(self.pushes.news()?);
        }
        failed
    }
}

/// Why the news could not be told.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// A reflog can't be read.
    #[error("a reflog cannot be read: {0}")]
    Log(#[from] io::Error),
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
}
