//! The profile of an attempt, as it was when the attempt was queued: what becomes of it later changes nothing here.

use std::collections::BTreeMap;

use boardcast_shared::{AgentProfile, AttemptId, RecordedProfile};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::secrets;
use crate::store::folds::{json, json_maybe, to_json};
use crate::store::profiles::named_only;
use crate::store::reads::{Read, ReadError};
use crate::store::tx::{Tx, TxError};

/// What the recorded environments hold is secret, also when their profiles are gone.
///
/// # Errors
/// The disk refused.
pub(in crate::store) fn learn_all(db: &Connection) -> rusqlite::Result<()> {
    let mut attempts = db.prepare("SELECT unseal_env(profile_env) FROM attempts WHERE profile_env IS NOT NULL")?;
    for env in attempts.query_map([], |row| json::<BTreeMap<String, String>>(row, 0))? {
        env?.iter().for_each(|(name, value)| secrets::learn_env(name, value));
    }
    Ok(())
}

impl Tx<'_> {
    /// The attempt runs under this profile, as it is now.
    pub(super) fn record_profile(&mut self, id: &AttemptId, profile: AgentProfile) -> Result<(), TxError> {
        let env = profile.config.get("env").and_then(Value::as_object).cloned().unwrap_or_default();
        let recorded = RecordedProfile { label: profile.label, config: named_only(profile.config) };
        self.db
            .prepare_cached("UPDATE attempts SET profile = ?2, profile_env = seal_env(?3) WHERE id = ?1")?
            .execute(params![id.as_str(), to_json(&recorded), to_json(&env)])?;
        Ok(())
    }
}

impl Read<'_> {
    /// The configuration under which an attempt runs, with the values of its environment; empty without a profile.
    pub(in crate::store) fn recorded_config(&self, id: &AttemptId) -> Result<Map<String, Value>, ReadError> {
        let (profile, env) = self
            .db
            .prepare_cached("SELECT profile, unseal_env(coalesce(profile_env, '{}')) FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| {
                Ok((json_maybe::<RecordedProfile>(row, 0)?, json::<Map<String, Value>>(row, 1)?))
            })?;
        let mut config = profile.map(|profile| profile.config).unwrap_or_default();
        config.insert("env".into(), Value::Object(env));
        Ok(config)
    }
}
