//! Profiles: agents with a way to work.

use boardcast_shared::{AgentId, AgentProfile, AgentProfileChanged, ChangeKind, ProfileId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value};

use super::folds::{json, stored, to_json};
use super::reads::{Read, ReadError, time};
use super::tx::{Tx, TxError};
use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::secrets;

/// A profile to be made.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of AgentProfile")]
pub struct NewProfile {
    pub agent: AgentId,
    pub label: Option<String>,
    pub config: Map<String, Value>,
}

/// What changes about a profile; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, clippy::option_option, reason = "the fields of AgentProfile; absent and null differ")]
pub struct ProfileChange {
    pub agent: Option<AgentId>,
    pub label: Option<Option<String>>,
    pub config: Option<Map<String, Value>>,
}

const PROFILE: &str = "profile_id, agent, label, unseal_config(config), created_at, updated_at";

fn profile_row(row: &Row<'_>) -> rusqlite::Result<AgentProfile> {
    Ok(AgentProfile {
        profile_id: stored(row, 0)?,
        agent: stored(row, 1)?,
        label: row.get(2)?,
        config: json(row, 3)?,
        created_at: time(row, 4)?,
        updated_at: time(row, 5)?,
    })
}

/// What the environments of profiles hold is secret from now on.
///
/// # Errors
/// The disk refused.
pub(super) fn learn_all(db: &Connection) -> rusqlite::Result<()> {
    let mut profiles = db.prepare("SELECT unseal_config(config) FROM profiles")?;
    for config in profiles.query_map([], |row| json::<Map<String, Value>>(row, 0))? {
        learn_env_of(&config?);
    }
    Ok(())
}

fn learn_env_of(config: &Map<String, Value>) {
    let env = config.get("env").and_then(Value::as_object).into_iter().flatten();
    env.filter_map(|(name, value)| Some((name, value.as_str()?)))
        .for_each(|(name, value)| secrets::learn_env(name, value));
}

/// A config as the outside sees it: of its environment only the names.
pub(super) fn named_only(mut config: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(env)) = config.get("env") {
        let names = env.keys().map(|name| Value::String(name.clone())).collect();
        config.insert("env".into(), Value::Array(names));
    }
    config
}

fn without_values(profile: AgentProfile) -> AgentProfile {
    AgentProfile { config: named_only(profile.config), ..profile }
}

/// A config whose `env` may name values that are kept: those that are null, or all of a list as it came back.
fn with_kept_values(mut config: Map<String, Value>, kept: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let env: Map<String, Value> = match config.get("env") {
        Some(Value::Object(env)) => env.clone(),
        Some(Value::Array(names)) => {
            names.iter().filter_map(|name| Some((name.as_str()?.to_owned(), Value::Null))).collect()
        }
        _ => return Ok(config),
    };
    let empty = Map::new();
    let kept = kept.get("env").and_then(Value::as_object).unwrap_or(&empty);
    let whole = env.into_iter().map(|(name, value)| {
        let value = Some(value).filter(|value| !value.is_null()).or_else(|| kept.get(&name).cloned());
        let missing = format!("{name} has no value that could be kept");
        let value = value.ok_or_else(|| Refusal::invalid("invalid_field", "config.env", missing))?;
        Ok((name, value))
    });
    let whole: Map<String, Value> = whole.collect::<Result<_, Refusal>>()?;
    config.insert("env".into(), Value::Object(whole));
    Ok(config)
}

impl Read<'_> {
    /// All profiles, oldest first.
    ///
    /// # Errors
    /// The disk refused.
    pub fn profiles(&self) -> Result<Vec<AgentProfile>, ReadError> {
        let mut query =
            self.db.prepare_cached(&format!("SELECT {PROFILE} FROM profiles ORDER BY created_at, profile_id"))?;
        let profiles = query.query_map([], profile_row)?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(profiles.into_iter().map(without_values).collect())
    }

    /// A profile with the values of its environment: for an attempt that is to run under it.
    pub(super) fn whole_profile(&self, id: &ProfileId) -> Result<Option<AgentProfile>, ReadError> {
        let mut query = self.db.prepare_cached(&format!("SELECT {PROFILE} FROM profiles WHERE profile_id = ?1"))?;
        Ok(query.query_row([id.as_str()], profile_row).optional()?)
    }
}

impl Tx<'_> {
    fn known_profile(&self, id: &ProfileId) -> Result<Option<AgentProfile>, TxError> {
        Ok(self
            .db
            .prepare_cached(&format!("SELECT {PROFILE} FROM profiles WHERE profile_id = ?1"))?
            .query_row([id.as_str()], profile_row)
            .optional()?)
    }

    fn profile(&self, id: &ProfileId) -> Result<AgentProfile, TxError> {
        Ok(self.known_profile(id)?.ok_or_else(|| Refusal::not_found("agent profile", id.as_str()))?)
    }

    fn put_profile(&mut self, id: &ProfileId, new: &NewProfile) -> Result<(), TxError> {
        learn_env_of(&new.config);
        self.db
            .prepare_cached(
                "INSERT INTO profiles VALUES (?1, ?2, ?3, seal_config(?4), ?5, ?5)
                 ON CONFLICT (profile_id) DO UPDATE SET agent = ?2, label = ?3, config = seal_config(?4), updated_at = ?5",
            )?
            .execute(params![id.as_str(), new.agent.as_str(), new.label, to_json(&new.config), self.now.millis()])?;
        Ok(())
    }

    fn profile_changed(
        &mut self,
        kind: ChangeKind,
        id: &ProfileId,
        agent: &AgentId,
        label: Option<String>,
    ) -> Result<(), TxError> {
        let fact = AgentProfileChanged { kind, profile_id: id.clone(), agent: agent.clone(), label };
        self.append(&DomainEvent::AgentProfileChanged(fact), None)?;
        Ok(())
    }

    /// Makes a profile.
    ///
    /// # Errors
    /// Its agent isn't known.
    pub fn create_profile(&mut self, new: NewProfile) -> Result<AgentProfile, TxError> {
        self.require_agent("agent", &new.agent)?;
        let id = ProfileId::random();
        let new = NewProfile { config: with_kept_values(new.config, &Map::new())?, ..new };
        self.put_profile(&id, &new)?;
        self.profile_changed(ChangeKind::Created, &id, &new.agent, new.label)?;
        Ok(without_values(self.profile(&id)?))
    }

    /// Changes a profile. Nothing different, nothing appended.
    ///
    /// # Errors
    /// There is none of that id, or its agent isn't known.
    pub fn change_profile(&mut self, id: &ProfileId, change: ProfileChange) -> Result<AgentProfile, TxError> {
        let before = self.profile(id)?;
        if let Some(agent) = &change.agent {
            self.require_agent("agent", agent)?;
        }
        let config = match change.config {
            Some(config) => with_kept_values(config, &before.config)?,
            None => before.config.clone(),
        };
        let after = NewProfile {
            agent: change.agent.unwrap_or_else(|| before.agent.clone()),
            label: change.label.unwrap_or_else(|| before.label.clone()),
            config,
        };
        if after.agent != before.agent || after.label != before.label || after.config != before.config {
            self.put_profile(id, &after)?;
            self.profile_changed(ChangeKind::Updated, id, &after.agent, after.label)?;
        }
        Ok(without_values(self.profile(id)?))
    }

    /// Deletes a profile.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn remove_profile(&mut self, id: &ProfileId) -> Result<(), TxError> {
        let before = self.profile(id)?;
        self.db.execute("DELETE FROM profiles WHERE profile_id = ?1", [id.as_str()])?;
        self.profile_changed(ChangeKind::Deleted, id, &before.agent, before.label)
    }

    /// Somebody reports a profile. Nothing new, nothing appended.
    ///
    /// # Errors
    /// The disk refused.
    pub fn profile_reported(&mut self, fact: AgentProfileChanged) -> Result<(), TxError> {
        let known = self.known_profile(&fact.profile_id)?;
        let same = known.as_ref().is_some_and(|known| known.agent == fact.agent && known.label == fact.label);
        match (fact.kind, known) {
            (ChangeKind::Deleted, None) => return Ok(()),
            (ChangeKind::Deleted, Some(_)) => {
                self.db.execute("DELETE FROM profiles WHERE profile_id = ?1", [fact.profile_id.as_str()])?;
            }
            (ChangeKind::Created | ChangeKind::Updated, _) if same => return Ok(()),
            (ChangeKind::Created | ChangeKind::Updated, known) => {
                let config = known.map(|known| known.config).unwrap_or_default();
                let new = NewProfile { agent: fact.agent.clone(), label: fact.label.clone(), config };
                self.put_profile(&fact.profile_id, &new)?;
            }
        }
        self.append(&DomainEvent::AgentProfileChanged(fact), None)?;
        Ok(())
    }
}
