//! The engine is put together; what a new attempt is, before it is queued.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use boardcast_shared::{AgentProfile, Board, Card, random_token};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::control::{AttemptError, NewAttempt};
use super::place::Places;
use super::{Attempts, Inner};
use crate::checkouts::Checkouts;
use crate::domain::profile::Settings;
use crate::domain::refusal::Refusal;
use crate::domain::text::Prompt;
use crate::events::{Commit, Subscriber};
use crate::git::repository::{self, Repository, RepositoryError, branch_name_is_valid};
use crate::git::turns::Turns;
use crate::store::{Chosen, NewRun, ReadError, Store, branch_exists};

/// How many tests of agents run at once.
const TRIALS: usize = 2;
/// How many agents rest at the least between two turns.
const MIN_RESTING: usize = 4;
/// The longest slug of a title in a branch's name, in bytes.
const SLUG: usize = 40;

/// As many as the machine has cores.
#[must_use]
pub fn default_max_attempts() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Tells the engine that something was deleted.
struct Deletions(Arc<Notify>);

impl Subscriber for Deletions {
    fn committed(&self, commit: &Commit) {
        if commit.runs_gone {
            self.0.notify_one();
        }
    }
}

impl Attempts {
    /// Attempts in worktrees under `data`, an absolute path; at most `max` at once. Nothing runs before
    /// [`Attempts::take_up`].
    #[must_use]
    pub fn new(store: Store, checkouts: Checkouts, data: &Path, max: usize) -> Self {
        let tidy = Arc::<Notify>::default();
        store.subscribe(Arc::new(Deletions(Arc::clone(&tidy))));
        let inner = Inner {
            store,
            checkouts,
            places: Places::under(data),
            turns: Turns::default(),
            desks: Turns::default(),
            slots: Arc::new(Semaphore::new(max)),
            resting: Semaphore::new(max.max(MIN_RESTING)),
            held: Mutex::default(),
            queue: Arc::default(),
            tidy,
            trials: Arc::new(Semaphore::new(TRIALS)),
            tasks: TaskTracker::new(),
            closing: AtomicBool::new(false),
            end: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// An attempt as it can be queued.
    ///
    /// # Errors
    /// Its board or card isn't there; it has no agent, repository or base; its branch is there or can't be.
    pub async fn proposed(&self, new: NewAttempt) -> Result<NewRun, AttemptError> {
        let asked = new.clone();
        let (board, card, Chosen { agent, profile }) = self
            .store()
            .read(move |log| {
                let board = log.board(&asked.board_id)?;
                let (card, _) = log.card(&asked.board_id, &asked.card_id)?;
                let chosen = log.chosen_agent(&board, asked.agent, asked.profile_id.as_ref())?;
                Ok::<_, ReadError>((board, card, chosen))
            })
            .await?;
        let repository = repository_of(&board).await?;
        let base_branch = self.base(&repository, &board, new.base_branch).await?;
        let branch_name = match new.branch_name {
            Some(name) => free_branch(&repository, name).await?,
            None => own_branch(&repository, &card).await?,
        };
        let prompt = match new.prompt {
            Some(prompt) => prompt,
            None => prompt_of(&card, profile.as_ref())?,
        };
        let NewAttempt { board_id, card_id, .. } = new;
        Ok(NewRun { board_id, card_id, agent, profile, branch_name, base_branch, prompt })
    }

    /// The branch to start from: the one asked for, else the board's, else the one that is checked out.
    async fn base(
        &self,
        repository: &Repository,
        board: &Board,
        asked: Option<String>,
    ) -> Result<String, AttemptError> {
        let unknown = |detail: String| Refusal::invalid("unknown_base", "baseBranch", detail);
        let Some(base) = asked.or_else(|| board.base_branch.clone()) else {
            let head = repository.head_name().await?;
            return Ok(head.ok_or_else(|| unknown("the repository has no commit yet".into()))?);
        };
        self.inner.checkouts.check_base(&base, None).await?;
        match repository.commit_of(&base).await? {
            Some(_) => Ok(base),
            None => Err(unknown(format!("the repository has no {base}")).into()),
        }
    }
}

async fn repository_of(board: &Board) -> Result<Repository, AttemptError> {
    let no_repository = |detail: String| Refusal::conflict("no_repository", detail);
    let path = board.repository_path.as_deref();
    let path = path.ok_or_else(|| no_repository("this board has no repository".into()))?;
    match repository::inspect(path).await {
        Ok(repository) => Ok(repository),
        Err(RepositoryError::Invalid(detail)) => Err(no_repository(detail).into()),
        Err(error) => Err(error.into()),
    }
}

async fn free_branch(repository: &Repository, name: String) -> Result<String, AttemptError> {
    if !branch_name_is_valid(&name).await? {
        return Err(Refusal::invalid("invalid_branch", "branchName", "is not the name of a branch").into());
    }
    match repository.branch_in_the_way(&name).await? {
        None => Ok(name),
        Some(there) => Err(branch_exists(&there).into()),
    }
}

/// A name of our own: it says whose card it is, and nobody has it.
async fn own_branch(repository: &Repository, card: &Card) -> Result<String, AttemptError> {
    let random = random_token();
    let words = [card.ticket_key.to_ascii_lowercase(), slug(&card.title), random[..6].to_owned()];
    let name = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join("-");
    // A branch `boardcast` leaves no room for a folder of that name.
    let folder = format!("boardcast/{name}");
    let is_taken = repository.branch_in_the_way(&folder).await?.is_some();
    Ok(if is_taken { format!("boardcast-{name}") } else { folder })
}

/// The letters and digits of a title, with hyphens between its words.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        let hyphen = usize::from(!slug.is_empty());
        if slug.len() + hyphen + word.len() > SLUG {
            break;
        }
        if hyphen == 1 {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug
}

/// What an agent is asked about a card: by its profile's template, else what the card says.
fn prompt_of(card: &Card, profile: Option<&AgentProfile>) -> Result<String, Refusal> {
    let template = profile.and_then(|profile| Settings::from(&profile.config).prompt_template);
    if let Some(template) = template {
        let refused = |why| Refusal::invalid("invalid_field", "profileId", format!("the prompt of its template {why}"));
        return Prompt::try_from(template.prompt(card)).map(Into::into).map_err(refused);
    }
    Ok(match card.description.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(description) => format!("{}\n\n{description}", card.title),
        None => card.title.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_holds_whole_words_and_nothing_that_a_branch_cannot() {
        for (title, expected) in [
            ("Fix the login", "fix-the-login"),
            ("../..; rm -rf ~ @{-1}", "rm-rf-1"),
            ("日本", ""),
            ("a.lock", "a-lock"),
            (&"word ".repeat(20), "word-word-word-word-word-word-word-word"),
        ] {
            assert_eq!(slug(title), expected);
        }
    }
}
