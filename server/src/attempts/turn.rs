//! One turn of an agent.

use std::future::pending;
use std::path::Path;
use std::time::Duration;

use boardcast_shared::{AgentId, LogLevel};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::life::{ASKS, Life, Off, refuse};
use super::scribe::Scribe;
use crate::agents::{Agent, Ask, Launch, Program, TurnEnd, Wishes, demo_program, end_leftover};
use crate::domain::profile::Settings;
use crate::git::commit::CommitError;
use crate::git::repository;
use crate::store::{AgentProgram, Brief, Equipment, TurnOutcome};

/// An agent's process, and who writes down what it says.
pub(super) struct Working {
    agent: Agent,
    scribe: Scribe,
}

/// What a program from the store is started with.
pub(super) fn program(stored: AgentProgram) -> Program {
    match stored {
        AgentProgram::BuiltIn { env } => {
            let mut program = demo_program();
            program.env.extend(env);
            program
        }
        AgentProgram::Registered { protocol, command, args, env } => {
            Program { protocol, command, args, env: env.into_iter().collect() }
        }
    }
}

/// Until when a turn may go on.
#[derive(Debug, Clone, Copy)]
struct Deadline(Option<(Duration, Instant)>);

impl Deadline {
    fn after(limit: Option<Duration>) -> Self {
        Self(limit.map(|limit| (limit, Instant::now() + limit)))
    }

    /// Returns when it is over; never without a limit.
    async fn over(self) {
        match self.0 {
            Some((_, until)) => sleep_until(until).await,
            None => pending().await,
        }
    }

    fn words(self) -> String {
        let seconds = self.0.map_or(0, |(limit, _)| limit.as_secs());
        format!("stopped by its profile's time limit of {seconds} s")
    }
}

impl Life {
    /// One turn. None when it was broken off, or its agent stopped: the store then says what is to be told.
    pub(super) async fn turn(&mut self, brief: &Brief, worktree: &Path, prompt: String) -> Option<TurnOutcome> {
        if self.agent.as_mut().is_some_and(|working| !working.agent.can_go_on()) {
            self.end_agent().await;
        }
        let Equipment { program, settings } = match self.equipment(brief).await {
            Ok(equipment) => equipment,
            Err(error) => return Some(TurnOutcome::Failed(error)),
        };
        let deadline = Deadline::after(settings.time_limit);
        if self.agent.is_none() {
            match self.started(brief, worktree, (program, settings), deadline).await? {
                Ok(working) => self.agent = Some(working),
                Err(error) => return Some(TurnOutcome::Failed(error)),
            }
        }
        // Answers that came too late for the turn before.
        while let Ok(ask) = self.asks.try_recv() {
            refuse(Some(ask));
        }
        let outcome = match self.asked(prompt, deadline).await {
            Err(Off::Gone | Off::Closing) => None,
            Err(Off::Stopped) | Ok(TurnEnd::Stopped) => Some(TurnOutcome::Stopped),
            Ok(TurnEnd::Succeeded) => Some(TurnOutcome::Succeeded),
            Ok(TurnEnd::Failed(error)) => Some(TurnOutcome::Failed(error)),
        };
        let goes_on = outcome.is_some() && outcome != Some(TurnOutcome::Stopped);
        if !goes_on || self.agent.as_mut().is_some_and(|working| !working.agent.can_go_on()) {
            self.end_agent().await;
        } else if let Some(working) = &self.agent {
            working.scribe.flush().await;
        }
        if outcome == Some(TurnOutcome::Succeeded) && brief.board.auto_commit {
            self.commit_rest(brief, worktree).await;
        }
        if outcome == Some(TurnOutcome::Succeeded) && brief.board.auto_push {
            // The network may be slow: a stop, a deletion or the server's end don't wait for it.
            tokio::select! {
                () = self.attempts.push_rest(&self.id) => {}
                off = self.called_off() => return (off == Off::Stopped).then_some(TurnOutcome::Stopped),
            }
        }
        outcome
    }

    async fn asked(&mut self, prompt: String, deadline: Deadline) -> Result<TurnEnd, Off> {
        let called_off = self.called_off();
        let Some(working) = &mut self.agent else { return Err(Off::Gone) };
        // One place is kept for the stop.
        let (forward, mut asks) = mpsc::channel(ASKS + 1);
        let turn = working.agent.turn(prompt, &mut asks);
        let late = deadline.over();
        tokio::pin!(turn, called_off, late);
        let (mut is_stopping, mut is_late) = (false, false);
        loop {
            tokio::select! {
                end = &mut turn => {
                    return Ok(if is_late && !is_stopping { TurnEnd::Failed(deadline.words()) } else { end });
                }
                () = &mut late, if !is_late && !is_stopping => {
                    is_late = true;
                    let _ = forward.try_send(Ask::Stop);
                }
                off = &mut called_off, if !is_stopping => match off {
                    Off::Stopped => {
                        is_stopping = true;
                        let _ = forward.try_send(Ask::Stop);
                    }
                    Off::Gone | Off::Closing => return Err(off),
                },
                () = self.attempts.inner.end.cancelled(), if is_stopping => return Err(Off::Closing),
                ask = self.asks.recv() => match ask {
                    Some(ask) if forward.capacity() > 1 => drop(forward.try_send(ask)),
                    ask => refuse(ask),
                },
            }
        }
    }

    /// A new process, with the session of the one before where it can load that. None when it was broken off.
    async fn started(
        &mut self,
        brief: &Brief,
        worktree: &Path,
        (stored, settings): (AgentProgram, Settings),
        deadline: Deadline,
    ) -> Option<Result<Working, String>> {
        let session = brief.attempt.session_id.clone();
        let (scribe, tell) = Scribe::begin(&self.attempts, &self.id, session.is_some());
        let env = vec![
            ("BOARDCAST_ATTEMPT_ID".to_owned(), self.id.to_string()),
            ("BOARDCAST_BOARD_ID".to_owned(), brief.board.id.to_string()),
        ];
        let Settings { model, mode, permission_policy, .. } = settings;
        let wishes = Wishes { model, mode, permission_policy };
        let launch = Launch { program: program(stored), cwd: worktree.to_owned(), env, session, wishes };
        let started = tokio::select! {
            started = Agent::start(launch, tell) => Some(started),
            _ = self.called_off() => None,
            () = deadline.over() => Some(Err(deadline.words())),
        };
        match started {
            Some(Ok(agent)) => Some(Ok(Working { agent, scribe })),
            failed => {
                self.reap(&scribe).await;
                failed.map(|failed| failed.err().map_or_else(|| Err("it didn't start".into()), Err))
            }
        }
    }

    async fn equipment(&self, brief: &Brief) -> Result<Equipment, String> {
        let agent = AgentId::parse(&brief.attempt.agent).map_err(|error| error.to_string())?;
        let id = self.id.clone();
        let stored = self.attempts.store().read(move |log| log.equipment(&agent, &id)).await;
        stored.map_err(|error| error.to_string())
    }

    /// Ends its process, if there is one. Returns when its group is gone.
    pub(super) async fn end_agent(&mut self) {
        if let Some(Working { agent, scribe }) = self.agent.take() {
            agent.end().await;
            self.reap(&scribe).await;
        }
    }

    /// Nothing of its group is left, and a restart needn't look for it; all that it said is in the log.
    async fn reap(&self, scribe: &Scribe) {
        scribe.flush().await;
        if let Some(group) = scribe.group() {
            end_leftover(group, &self.id).await;
        }
        let id = self.id.clone();
        self.attempts.insist(move |tx| tx.run_group(&id, None)).await;
    }

    /// What the turn left uncommitted; that it can't be committed is no reason to fail.
    async fn commit_rest(&self, brief: &Brief, worktree: &Path) {
        let message = match self.attempts.subject_of(brief).await {
            Some(subject) => format!("{subject}\n"),
            None => return,
        };
        let error = match repository::locate(worktree).await {
            Ok(found) => match self.attempts.commit(&found, &message).await {
                Ok(_) | Err(CommitError::Nothing) => return,
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        let id = self.id.clone();
        let line = format!("[git] what is uncommitted could not be committed: {error}");
        self.attempts.insist(move |tx| tx.run_note(&id, LogLevel::Warn, line.clone())).await;
    }
}
