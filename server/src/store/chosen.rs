//! Which agent an attempt gets, and what it is started with.

use std::collections::BTreeMap;

use boardcast_shared::{AgentId, AgentProfile, AgentProtocol, AttemptId, Board, ProfileId};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use super::agents::BUILT_IN;
use super::folds::{json, stored};
use super::reads::{Read, ReadError};
use crate::domain::profile::Settings;
use crate::domain::refusal::Refusal;

/// What an agent is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentProgram {
    /// The agent inside this program, with what its profile adds to its environment.
    BuiltIn {
        /// Added to its environment.
        env: BTreeMap<String, String>,
    },
    /// A registered one.
    Registered {
        /// How it is spoken to.
        protocol: AgentProtocol,
        /// Its program.
        command: String,
        /// The program's arguments, those of the profile last.
        args: Vec<String>,
        /// Added to its environment; the profile's wins.
        env: BTreeMap<String, String>,
    },
}

/// The agent for an attempt.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The agent.
    pub agent: AgentId,
    /// Its profile, with the values of its environment.
    pub profile: Option<AgentProfile>,
}

/// What an attempt's agent is started with, and how it is to work.
#[derive(Debug, Clone)]
pub struct Equipment {
    /// Its program.
    pub program: AgentProgram,
    /// What its profile wants of it.
    pub settings: Settings,
}

/// What a profile adds.
#[derive(Default)]
struct Additions {
    args: Vec<String>,
    env: BTreeMap<String, String>,
}

impl From<Map<String, Value>> for Additions {
    fn from(config: Map<String, Value>) -> Self {
        // What the system can't pass on is left out.
        let text = |value: &Value| value.as_str().filter(|text| !text.contains('\0')).map(str::to_owned);
        let is_name = |name: &&String| !name.is_empty() && !name.contains(['=', '\0']);
        let args = config.get("args").and_then(Value::as_array);
        let env = config.get("env").and_then(Value::as_object);
        Self {
            args: args.into_iter().flatten().filter_map(text).collect(),
            env: env
                .into_iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
                .filter(|(name, _)| is_name(&name))
                .collect(),
        }
    }
}

/// Refuses an agent that can't be run: it isn't known, or only from reports.
pub(super) fn require_runnable<E>(db: &Connection, field: &str, agent: &AgentId) -> Result<(), E>
where
    E: From<Refusal> + From<rusqlite::Error>,
{
    if agent.as_str() == BUILT_IN {
        return Ok(());
    }
    let registered: Option<bool> = db
        .prepare_cached("SELECT registered FROM agents WHERE agent = ?1")?
        .query_row([agent.as_str()], |row| row.get(0))
        .optional()?;
    let detail = match registered {
        Some(true) => return Ok(()),
        Some(false) => format!("the agent {agent} is only known from reports; register its program first"),
        None => format!("there is no agent {agent}"),
    };
    Err(Refusal::invalid("unknown_agent", field, detail).into())
}

impl Read<'_> {
    /// The agent for an attempt (the one asked for, else the profile's, else the board's), and its profile.
    ///
    /// # Errors
    /// There is none, or it or the profile isn't known.
    pub fn chosen_agent(
        &self,
        board: &Board,
        agent: Option<AgentId>,
        profile: Option<&ProfileId>,
    ) -> Result<Chosen, ReadError> {
        let profile = profile.map(|profile| self.chosen_profile(profile)).transpose()?;
        if let (Some(agent), Some(profile)) = (&agent, &profile)
            && *agent != profile.agent
        {
            let detail = format!("is a profile of {}, not of {agent}", profile.agent);
            return Err(Refusal::invalid("invalid_field", "profileId", detail).into());
        }
        let of_profile = profile.as_ref().map(|profile| profile.agent.clone());
        let chosen = agent.or(of_profile).or_else(|| board.default_agent.clone());
        let chosen =
            chosen.ok_or_else(|| Refusal::invalid("no_agent", "agent", "name one: the board has no default agent"))?;
        require_runnable::<ReadError>(self.db, "agent", &chosen)?;
        Ok(Chosen { agent: chosen, profile })
    }

    fn chosen_profile(&self, id: &ProfileId) -> Result<AgentProfile, ReadError> {
        let unknown = || Refusal::invalid("unknown_profile", "profileId", format!("there is no profile {id}"));
        Ok(self.whole_profile(id)?.ok_or_else(unknown)?)
    }

    /// What an attempt's agent is started with, and how it is to work: by the profile as it was when the attempt was
    /// queued.
    ///
    /// # Errors
    /// There is no such agent any more.
    pub fn equipment(&self, agent: &AgentId, attempt: &AttemptId) -> Result<Equipment, ReadError> {
        let config = self.recorded_config(attempt)?;
        let settings = Settings::from(&config);
        Ok(Equipment { program: self.program(agent, config.into())?, settings })
    }

    /// What an agent is started with when no profile adds to it.
    ///
    /// # Errors
    /// There is no such agent.
    pub fn agent_program(&self, agent: &AgentId) -> Result<AgentProgram, ReadError> {
        self.program(agent, Additions::default())
    }

    fn program(&self, agent: &AgentId, mut added: Additions) -> Result<AgentProgram, ReadError> {
        require_runnable::<ReadError>(self.db, "agent", agent)?;
        if agent.as_str() == BUILT_IN {
            return Ok(AgentProgram::BuiltIn { env: added.env });
        }
        let program = self
            .db
            .prepare_cached("SELECT protocol, command, args, unseal_env(env) FROM agents WHERE agent = ?1")?
            .query_row([agent.as_str()], |row| {
                let (mut args, mut env): (Vec<String>, BTreeMap<String, String>) = (json(row, 2)?, json(row, 3)?);
                args.append(&mut added.args);
                env.append(&mut added.env);
                Ok(AgentProgram::Registered { protocol: stored(row, 0)?, command: row.get(1)?, args, env })
            })?;
        Ok(program)
    }
}
