//! Which agent an attempt gets, and what it is started with.

use std::collections::BTreeMap;

use boardcast_shared::{AgentId, AgentProtocol, Board, ProfileId};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use super::agents::BUILT_IN;
use super::folds::{json, stored};
use super::reads::{Read, ReadError};
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
    /// The agent for an attempt: the one asked for, else the profile's, else the board's.
    ///
    /// # Errors
    /// There is none, or it or the profile isn't known.
    pub fn chosen_agent(
        &self,
        board: &Board,
        agent: Option<AgentId>,
        profile: Option<&ProfileId>,
    ) -> Result<AgentId, ReadError> {
        let of_profile = profile.map(|profile| self.agent_of_profile(profile)).transpose()?;
        if let (Some(agent), Some(of_profile)) = (&agent, &of_profile)
            && agent != of_profile
        {
            let detail = format!("is a profile of {of_profile}, not of {agent}");
            return Err(Refusal::invalid("invalid_field", "profileId", detail).into());
        }
        let chosen = agent.or(of_profile).or_else(|| board.default_agent.clone());
        let chosen =
            chosen.ok_or_else(|| Refusal::invalid("no_agent", "agent", "name one: the board has no default agent"))?;
        require_runnable::<ReadError>(self.db, "agent", &chosen)?;
        Ok(chosen)
    }

    fn agent_of_profile(&self, profile: &ProfileId) -> Result<AgentId, ReadError> {
        let agent = self
            .db
            .prepare_cached("SELECT agent FROM profiles WHERE profile_id = ?1")?
            .query_row([profile.as_str()], |row| stored(row, 0))
            .optional()?;
        let unknown = || Refusal::invalid("unknown_profile", "profileId", format!("there is no profile {profile}"));
        Ok(agent.ok_or_else(unknown)?)
    }

    /// What the agent is started with. A profile that is gone adds nothing.
    ///
    /// # Errors
    /// There is no such agent any more.
    pub fn agent_program(&self, agent: &AgentId, profile: Option<&ProfileId>) -> Result<AgentProgram, ReadError> {
        require_runnable::<ReadError>(self.db, "agent", agent)?;
        let mut added = Additions::default();
        if let Some(profile) = profile {
            let config: Option<Map<String, Value>> = self
                .db
                .prepare_cached("SELECT unseal_config(config) FROM profiles WHERE profile_id = ?1")?
                .query_row([profile.as_str()], |row| json(row, 0))
                .optional()?;
            added = config.map(Additions::from).unwrap_or_default();
        }
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
