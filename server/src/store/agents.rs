//! Agents, and that what all environments hold is secret.

use std::collections::BTreeMap;

use boardcast_shared::{Agent, AgentId, AgentProtocol, AgentRegistered};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::attempts::recorded;
use super::folds::{json, stored, to_json};
use super::profiles;
use super::reads::{Read, ReadError, time};
use super::tx::{Tx, TxError};
use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::secrets;

/// The agent inside the program; nobody can register another of that name.
pub const BUILT_IN: &str = "demo";

/// An agent to be registered.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of Agent")]
pub struct NewAgent {
    pub agent: AgentId,
    pub label: Option<String>,
    pub protocol: AgentProtocol,
    pub command: String,
    pub args: Vec<String>,
    /// Added to its environment; never comes back.
    pub env: BTreeMap<String, String>,
}

/// What changes about an agent; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, clippy::option_option, reason = "the fields of NewAgent; absent and null differ")]
pub struct AgentChange {
    pub label: Option<Option<String>>,
    pub protocol: Option<AgentProtocol>,
    pub command: Option<String>,
    pub args: Option<Vec<String>>,
    pub env: Option<BTreeMap<String, String>>,
}

const AGENT: &str = "agent, label, protocol, command, args, created_at";

fn agent_row(row: &Row<'_>) -> rusqlite::Result<Agent> {
    Ok(Agent {
        agent: stored(row, 0)?,
        label: row.get(1)?,
        protocol: stored(row, 2)?,
        command: row.get(3)?,
        args: json(row, 4)?,
        created_at: time(row, 5)?,
    })
}

/// Seals what an earlier version of the program left open.
///
/// # Errors
/// The disk refused.
pub(super) fn seal_all(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "UPDATE agents SET env = seal_env(env) WHERE env <> '{}' AND env NOT LIKE '%:\"sealed:%';
         UPDATE profiles SET config = seal_config(config)
             WHERE config ->> '$.env' <> '{}' AND config NOT LIKE '%:\"sealed:%';
         UPDATE attempts SET profile_env = seal_env(profile_env)
             WHERE profile_env <> '{}' AND profile_env NOT LIKE '%:\"sealed:%';",
    )
}

/// What the environments of agents and profiles hold is secret from now on.
///
/// # Errors
/// The disk refused.
pub(super) fn learn_all(db: &Connection) -> rusqlite::Result<()> {
    let mut agents = db.prepare("SELECT unseal_env(env) FROM agents")?;
    for env in agents.query_map([], |row| json::<BTreeMap<String, String>>(row, 0))? {
        env?.iter().for_each(|(name, value)| secrets::learn_env(name, value));
    }
    profiles::learn_all(db)?;
    recorded::learn_all(db)
}

impl Read<'_> {
    /// All agents, by name.
    ///
    /// # Errors
    /// The disk refused.
    pub fn agents(&self) -> Result<Vec<Agent>, ReadError> {
        let mut query = self.db.prepare_cached(&format!("SELECT {AGENT} FROM agents ORDER BY agent"))?;
        Ok(query.query_map([], agent_row)?.collect::<rusqlite::Result<_>>()?)
    }
}

impl Tx<'_> {
    fn known_agent(&self, agent: &AgentId) -> Result<Option<Agent>, TxError> {
        Ok(self
            .db
            .prepare_cached(&format!("SELECT {AGENT} FROM agents WHERE agent = ?1"))?
            .query_row([agent.as_str()], agent_row)
            .optional()?)
    }

    /// Refuses an agent that isn't known.
    pub(super) fn require_agent(&self, field: &str, agent: &AgentId) -> Result<(), TxError> {
        if agent.as_str() == BUILT_IN || self.known_agent(agent)?.is_some() {
            return Ok(());
        }
        Err(Refusal::invalid("unknown_agent", field, format!("there is no agent {agent}")).into())
    }

    /// Registers an agent. One that was only known from reports becomes a registered one.
    ///
    /// # Errors
    /// The name is taken.
    pub fn register_agent(&mut self, new: NewAgent) -> Result<Agent, TxError> {
        let registered: Option<bool> = self
            .db
            .query_row("SELECT registered FROM agents WHERE agent = ?1", [new.agent.as_str()], |row| row.get(0))
            .optional()?;
        if registered == Some(true) || new.agent.as_str() == BUILT_IN {
            return Err(Refusal::conflict("agent_exists", format!("there is an agent {} already", new.agent)).into());
        }
        self.put_agent(&new, true)?;
        self.append(
            &DomainEvent::AgentRegistered(AgentRegistered { agent: new.agent.clone(), label: new.label.clone() }),
            None,
        )?;
        self.agent(&new.agent)
    }

    fn put_agent(&mut self, new: &NewAgent, registered: bool) -> Result<(), TxError> {
        new.env.iter().for_each(|(name, value)| secrets::learn_env(name, value));
        self.db
            .prepare_cached(
                "INSERT INTO agents (agent, label, protocol, command, args, env, registered, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, seal_env(?6), ?7, ?8)
                 ON CONFLICT (agent) DO UPDATE SET label = ?2, protocol = ?3, command = ?4, args = ?5, env = seal_env(?6),
                     registered = ?7",
            )?
            .execute(params![
                new.agent.as_str(),
                new.label,
                protocol_text(new.protocol),
                new.command,
                to_json(&new.args),
                to_json(&new.env),
                registered,
                self.now.millis()
            ])?;
        Ok(())
    }

    fn agent(&self, agent: &AgentId) -> Result<Agent, TxError> {
        Ok(self.known_agent(agent)?.ok_or_else(|| Refusal::not_found("agent", agent.as_str()))?)
    }

    /// Changes an agent; a new label is a fact.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn change_agent(&mut self, agent: &AgentId, change: AgentChange) -> Result<Agent, TxError> {
        change.env.iter().flatten().for_each(|(name, value)| secrets::learn_env(name, value));
        let before = self.agent(agent)?;
        let env: String =
            self.db
                .query_row("SELECT unseal_env(env) FROM agents WHERE agent = ?1", [agent.as_str()], |row| row.get(0))?;
        let label = change.label.unwrap_or_else(|| before.label.clone());
        self.db
            .prepare_cached(
                "UPDATE agents SET label = ?2, protocol = ?3, command = ?4, args = ?5, env = seal_env(?6), registered = 1
                 WHERE agent = ?1",
            )?
            .execute(params![
                agent.as_str(),
                label,
                protocol_text(change.protocol.unwrap_or(before.protocol)),
                change.command.unwrap_or(before.command),
                to_json(&change.args.unwrap_or(before.args)),
                change.env.map_or(env, |env| to_json(&env)),
            ])?;
        if label != before.label {
            self.append(&DomainEvent::AgentRegistered(AgentRegistered { agent: agent.clone(), label }), None)?;
        }
        self.agent(agent)
    }

    /// Forgets an agent. Appends nothing.
    ///
    /// # Errors
    /// There is none of that name, or a profile, a board or an attempt at work needs it.
    pub fn remove_agent(&mut self, agent: &AgentId) -> Result<(), TxError> {
        self.agent(agent)?;
        let in_use: bool = self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM profiles WHERE agent = ?1)
                 OR EXISTS (SELECT 1 FROM boards WHERE default_agent = ?1)
                 OR EXISTS (SELECT 1 FROM attempts WHERE agent = ?1 AND status IN ('queued', 'running', 'stopping'))",
            [agent.as_str()],
            |row| row.get(0),
        )?;
        if in_use {
            let detail = "a profile, a board's default or an attempt at work needs it";
            return Err(Refusal::conflict("agent_in_use", detail).into());
        }
        self.db.execute("DELETE FROM agents WHERE agent = ?1", [agent.as_str()])?;
        Ok(())
    }

    /// Somebody reports an agent. Nothing new, nothing appended.
    ///
    /// # Errors
    /// The disk refused.
    pub fn agent_reported(&mut self, fact: AgentRegistered) -> Result<(), TxError> {
        let known = self.known_agent(&fact.agent)?;
        if known.as_ref().is_some_and(|known| known.label == fact.label) {
            return Ok(());
        }
        if known.is_some() {
            self.db
                .execute("UPDATE agents SET label = ?2 WHERE agent = ?1", params![fact.agent.as_str(), fact.label])?;
        } else {
            let reported = NewAgent {
                agent: fact.agent.clone(),
                label: fact.label.clone(),
                protocol: AgentProtocol::Command,
                command: String::new(),
                args: Vec::new(),
                env: BTreeMap::new(),
            };
            self.put_agent(&reported, false)?;
        }
        self.append(&DomainEvent::AgentRegistered(fact), None)?;
        Ok(())
    }
}

fn protocol_text(protocol: AgentProtocol) -> &'static str {
    match protocol {
        AgentProtocol::Acp => "acp",
        AgentProtocol::Command => "command",
    }
}
