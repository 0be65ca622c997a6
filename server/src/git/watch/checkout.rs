use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use boardcast_shared::GitStatus;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use super::eyes::{Blind, Changes, Signal, Walk};
use super::family::{Member, Scope};
use super::identity::{Identity, Stamp};
use super::view::{View, is_repository};
use super::{Checkout, Context, Fact, Observed};
use crate::git::command::GitError;
use crate::git::repository::{Repository, RepositoryError, locate};
use crate::git::status::status;

/// What changes together is looked at together.
const DEBOUNCE: Duration = Duration::from_millis(25);
/// At most 4 looks a second.
const PAUSE: Duration = Duration::from_millis(250);
/// How often a checkout that the file system doesn't report on is looked at, and a missing one is looked for.
const POLL: Duration = Duration::from_secs(1);
/// How often it is made sure that no event was missed: by the times of a few files, and each twelfth time by a look.
const CHECK: Duration = Duration::from_secs(5);
const CHECKS_PER_LOOK: u32 = 12;
/// A path that git found no repository at is tried again after so long, if nothing there changes before.
const RETRY: Duration = Duration::from_secs(10);
/// One that hangs git doesn't get to hold it most of the time.
const LONG_PAUSE: Duration = Duration::from_secs(60);
/// Events that were lost are made up for by a walk, which itself makes events: not more often than this.
const WALK_PAUSE: Duration = Duration::from_secs(5);
/// HEAD moves an instant before its reflog says so.
const LOG_DELAY: Duration = Duration::from_millis(50);

/// The life of a watched checkout: it arrives, is watched until it vanishes, and is waited for again.
pub async fn live(context: Context, checkout: Checkout, ready: oneshot::Sender<()>) {
    let mut ready = Some(ready);
    let mut told = None;
    let mut is_missed = false;
    loop {
        let (repository, member) = arrive(&context, &checkout, &mut is_missed, &mut ready).await;
        if is_missed {
            tracing::info!(path = %checkout.path.display(), "repository is there, it is watched from now on");
        }
        let mut stay = Stay::new(&context, &checkout, repository, member, told);
        if let Some(ready) = ready.take() {
            let _ = ready.send(());
        }
        stay.until_gone().await;
        told = stay.told;
        tracing::warn!(path = %checkout.path.display(), "repository has vanished, it is waited for");
        is_missed = true;
    }
}

/// Waits until there is a repository, and enters it at the present end of its logs.
async fn arrive(
    context: &Context,
    checkout: &Checkout,
    is_missed: &mut bool,
    ready: &mut Option<oneshot::Sender<()>>,
) -> (Repository, Member) {
    let mut tried = None;
    loop {
        // Git is asked only when something has changed there, or after a while.
        let stamp = Stamp::of(&[checkout.path.clone(), checkout.path.join(".git"), checkout.path.join(".git/HEAD")]);
        let is_worth_it =
            tried.as_ref().is_none_or(|(before, at): &(_, Instant)| *before != stamp || at.elapsed() > RETRY);
        if is_worth_it {
            match enter(context, checkout).await {
                Ok(entered) => return entered,
                Err(error) if !*is_missed => {
                    tracing::warn!(path = %checkout.path.display(), %error, "no repository to watch, it is waited for");
                    *is_missed = true;
                }
                Err(_) => {}
            }
            tried = Some((stamp, Instant::now()));
        }
        if let Some(ready) = ready.take() {
            let _ = ready.send(());
        }
        sleep(POLL).await;
    }
}

async fn enter(context: &Context, checkout: &Checkout) -> Result<(Repository, Member), RepositoryError> {
    let repository = {
        let _slot = context.processes.acquire().await;
        locate(&checkout.path).await?
    };
    let families = Arc::clone(&context.families);
    let (board, owner, entered) = (checkout.board_id.clone(), checkout.attempt.clone(), repository.clone());
    let joined = tokio::task::spawn_blocking(move || families.join(&board, owner, &entered)).await;
    match joined.map_err(std::io::Error::other).flatten() {
        Ok(member) => Ok((repository, member)),
        Err(error) => Err(RepositoryError::Invalid(format!("its reflogs cannot be read: {error}"))),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    Well,
    InVain,
    TooLong,
}

/// The time that a checkout is there.
struct Stay<'a> {
    context: &'a Context,
    checkout: &'a Checkout,
    repository: Repository,
    identity: Option<[Identity; 3]>,
    member: Member,
    signal: Arc<Signal>,
    /// None while its folders can't be watched.
    view: Option<View>,
    told: Option<GitStatus>,
    complaint: Option<String>,
    stamp: Option<Stamp>,
    /// Events were lost, and the walk that makes up for them isn't due before `next_walk`.
    is_walk_owed: bool,
    next_walk: Instant,
}

impl<'a> Stay<'a> {
    fn new(
        context: &'a Context,
        checkout: &'a Checkout,
        repository: Repository,
        member: Member,
        told: Option<GitStatus>,
    ) -> Self {
        let signal = Arc::<Signal>::default();
        Self {
            identity: Identity::of_repository(&repository),
            view: Some(View::new(Arc::clone(&context.eyes), Arc::clone(&signal))),
            context,
            checkout,
            repository,
            member,
            signal,
            told,
            complaint: None,
            stamp: None,
            is_walk_owed: false,
            next_walk: Instant::now(),
        }
    }

    async fn until_gone(&mut self) {
        let mut changes = Changes { walk: Walk::Due, git_folders: true, pushes: true, ..Changes::default() };
        loop {
            let began = Instant::now();
            if !self.is_there() {
                return;
            }
            self.follow(&changes).await;
            let scope = if changes.pushes || changes.git_folders || changes.walk == Walk::Lost || self.view.is_none() {
                Scope::CommitsAndPushes
            } else {
                Scope::Commits
            };
            let looked = self.look(scope).await;
            if !self.is_there() {
                return;
            }
            let pause = match looked {
                // A large tree takes long to look at: the machine has other things to do.
                Looked::Well => PAUSE.max(began.elapsed().min(POLL)),
                Looked::InVain => CHECK,
                Looked::TooLong => LONG_PAUSE,
            };
            sleep_until(began + pause).await;
            changes = self.wait().await;
        }
    }

    fn is_there(&self) -> bool {
        self.identity.is_some() && Identity::of_repository(&self.repository) == self.identity
    }

    /// Waits until there is something to look at.
    async fn wait(&mut self) -> Changes {
        let every = if self.view.is_some() && !self.is_walk_owed { CHECK } else { POLL };
        for _ in 0..CHECKS_PER_LOOK {
            tokio::select! {
                () = self.signal.wake.notified() => {
                    sleep(DEBOUNCE).await;
                    break;
                }
                () = sleep(every) => {
                    if self.view.is_none() || self.is_walk_owed || !self.is_there() || self.stamp.as_ref() != Some(&self.present()) {
                        break;
                    }
                    if let Err(error) = self.tell(Scope::CommitsAndPushes).await {
                        self.complain(&error);
                    }
                }
            }
        }
        self.signal.take()
    }

    /// Looks and tells: commits and pushes first, then the state that they led to.
    async fn look(&mut self, scope: Scope) -> Looked {
        self.stamp = Some(self.present());
        if let Err(error) = self.tell(scope).await {
            self.complain(&error);
            return Looked::InVain;
        }
        let status = match self.status().await {
            Ok(status) => status,
            Err(error) => {
                self.complain(&error.to_string());
                return match error {
                    // Its commits are told all the same, and soon.
                    RepositoryError::Unsafe(_) => Looked::Well,
                    RepositoryError::Git(GitError::TimedOut { .. }) => Looked::TooLong,
                    RepositoryError::Invalid(_) | RepositoryError::Git(_) => Looked::InVain,
                };
            }
        };
        // What was committed while git looked comes before the status that shows it.
        if let Err(error) = self.tell_up_to(&status.head).await {
            self.complain(&error);
            return Looked::InVain;
        }
        if self.complaint.take().is_some() {
            tracing::info!(path = %self.checkout.path.display(), "repository can be looked at again");
        }
        // What another repository in its place shows is told once that one has been entered.
        if self.told.as_ref() != Some(&status) && self.is_there() {
            let (board_id, attempt) = (self.checkout.board_id.clone(), self.checkout.attempt.clone());
            let fact = Fact::Status(status.clone());
            if self.context.sink.send(Observed { board_id, attempt, fact }).await.is_ok() {
                self.told = Some(status);
            }
        }
        Looked::Well
    }

    async fn status(&self) -> Result<GitStatus, RepositoryError> {
        let _slot = self.context.processes.acquire().await;
        // Each time: a configuration that was harmless when watching began needn't be now.
        self.repository.refuse_filters().await?;
        Ok(status(&self.repository).await?)
    }

    async fn tell_up_to(&self, head: &str) -> Result<(), String> {
        self.tell(Scope::Commits).await?;
        let is_behind = self.member.logged_head().is_some_and(|logged| !head.is_empty() && logged != head);
        if is_behind {
            sleep(LOG_DELAY).await;
            self.tell(Scope::Commits).await?;
        }
        Ok(())
    }

    async fn tell(&self, scope: Scope) -> Result<(), String> {
        let told = self.member.tell_news(scope, &self.repository, self.context).await;
        told.map_err(|error| error.to_string())
    }

    /// Says what is wrong, once, and not when the repository has only vanished.
    fn complain(&mut self, error: &str) {
        if self.is_there() && self.complaint.as_deref() != Some(error) {
            tracing::warn!(path = %self.checkout.path.display(), error, "repository cannot be looked at");
            self.complaint = Some(error.to_owned());
        }
    }

    /// The files that change with what git would answer.
    fn present(&self) -> Stamp {
        let Repository { git_dir, common_dir, top } = &self.repository;
        let own = ["HEAD", "index", "logs/HEAD", "config.worktree"].map(|name| git_dir.join(name));
        let shared = ["packed-refs", "config", "info/exclude"].map(|name| common_dir.join(name));
        let files: Vec<_> = own.into_iter().chain(shared).chain([top.clone(), top.join(".gitignore")]).collect();
        Stamp::of(&files)
    }

    /// Watches the folders that have come, and forgets those that have gone.
    async fn follow(&mut self, changes: &Changes) {
        let Some(view) = self.view.take() else { return };
        match self.followed(view, changes).await {
            Ok(view) => self.view = Some(view),
            Err(error) => {
                tracing::warn!(path = %self.checkout.path.display(), %error, "repository cannot be watched, it is looked at every second");
            }
        }
    }

    async fn followed(&mut self, mut view: View, changes: &Changes) -> Result<View, Blind> {
        self.is_walk_owed |= changes.walk == Walk::Lost;
        let is_made_up = self.is_walk_owed && self.next_walk <= Instant::now();
        let is_walk = changes.walk == Walk::Due || is_made_up;
        let (gone, git_folders) = (changes.gone.clone(), changes.git_folders || is_made_up);
        let new: Vec<_> = changes.new.iter().filter(|path| path.is_dir() && !path.is_symlink()).cloned().collect();
        let ignored = if is_walk {
            self.ignored(&[]).await
        } else if new.is_empty() {
            Ok(HashSet::new())
        } else {
            self.ignored(&new).await
        };
        // Without an answer nothing is left out: watching too much is only dear.
        let ignored = ignored.unwrap_or_default();
        if is_walk {
            self.is_walk_owed = false;
            self.next_walk = Instant::now() + WALK_PAUSE;
        }
        let Repository { top, git_dir, common_dir } = self.repository.clone();
        let walk = move || {
            for folder in &gone {
                view.forget(folder);
            }
            if git_folders {
                view.walk_git(&git_dir, &common_dir)?;
            }
            if is_walk {
                view.walk(&top, &ignored)?;
            } else {
                for folder in &new {
                    if is_wanted(folder, &view, &ignored) {
                        view.extend(folder, &ignored)?;
                    }
                }
            }
            Ok(view)
        };
        tokio::task::spawn_blocking(walk)
            .await
            .unwrap_or_else(|_| Err(Blind("the walk through its folders broke off".into())))
    }

    /// The ignored folders without tracked files, in the whole work tree or in and below some folders.
    async fn ignored(&self, folders: &[PathBuf]) -> Result<HashSet<PathBuf>, GitError> {
        let _slot = self.context.processes.acquire().await;
        let mut found = HashSet::new();
        let mut rest = Vec::new();
        let top = &self.repository.top;
        let below = folders.iter().map(|folder| folder.strip_prefix(top).unwrap_or(folder));
        self.repository
            .git()
            .args(["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z", "--"])
            .args(below)
            .each(|chunk| {
                rest.extend_from_slice(chunk);
                let Some(end) = rest.iter().rposition(|&byte| byte == 0) else { return };
                for path in rest[..end].split(|&byte| byte == 0) {
                    if let [path @ .., b'/'] = path {
                        found.insert(top.join(OsStr::from_bytes(path)));
                    }
                }
                rest.drain(..=end);
            })
            .await?;
        Ok(found)
    }
}

/// A new folder is watched when the one above is, and git doesn't ignore it.
fn is_wanted(folder: &Path, view: &View, ignored: &HashSet<PathBuf>) -> bool {
    let is_git = folder.file_name() == Some(OsStr::new(".git"));
    !is_git
        && !is_repository(folder)
        && !ignored.contains(folder)
        && folder.parent().is_some_and(|parent| view.covers(parent))
}
