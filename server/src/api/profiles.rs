//! `/agent-profiles`.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{AgentId, AgentProfile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::agents::EnvName;
use super::call::{Bare, Call, json as document, written};
use super::fields::given;
use super::problem::Problem;
use super::query::Ids;
use crate::domain::report::present;
use crate::domain::text::Label;
use crate::secrets::{has_secret, redact_all};
use crate::state::AppState;
use crate::store::{Answer, NewProfile, ProfileChange, Subject};

/// How to work. Its `env` maps names to values; a list of names keeps the values that are known.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Map<String, Value>")]
#[schemars(rename = "ProfileConfig", extend("properties" = env_schema()))]
struct Config(Map<String, Value>);

fn env_schema() -> Value {
    let name = "^[A-Za-z_][0-9A-Za-z_]{0,254}$";
    json!({ "env": { "description": "Added to its environment. The values never come back; a list of names keeps them.", "anyOf": [
        { "type": "object", "propertyNames": { "pattern": name }, "additionalProperties": { "type": "string" } },
        { "type": "array", "items": { "type": "string", "pattern": name } },
    ] } })
}

impl TryFrom<Map<String, Value>> for Config {
    type Error = String;

    fn try_from(config: Map<String, Value>) -> Result<Self, String> {
        let names: Vec<String> = match config.get("env") {
            None => Vec::new(),
            Some(Value::Object(env)) if env.values().all(Value::is_string) => env.keys().cloned().collect(),
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
                names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(_) => return Err("env must map names to texts, or list names whose values are kept".into()),
        };
        for name in names {
            EnvName::try_from(name.clone()).map_err(|error| format!("env: {name} {error}"))?;
        }
        let mut config = config;
        for (name, value) in &mut config {
            match (name.as_str(), &*value) {
                ("env", _) => {}
                // As those of an agent: refused, for a redacted one would be of no use.
                ("args", Value::Array(args)) if args.iter().filter_map(Value::as_str).any(has_secret) => {
                    return Err("args hold what looks like a secret, which everybody could read there: use env".into());
                }
                _ => redact_all(value),
            }
        }
        Ok(Self(config))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewProfile")]
pub struct Create {
    agent: AgentId,
    label: Option<Label>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Config")]
    config: Option<Config>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent and null differ in a change")]
#[schemars(rename = "ProfileChange")]
pub struct Change {
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "AgentId")]
    agent: Option<AgentId>,
    #[serde(default, deserialize_with = "present")]
    label: Option<Option<Label>>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Config")]
    config: Option<Config>,
}

/// All profiles.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "AgentProfiles")]
pub struct Profiles {
    agent_profiles: Vec<AgentProfile>,
}

pub async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let profiles = state.store.read(|log| log.profiles()).await?;
    Ok(document(&Profiles { agent_profiles: profiles }))
}

pub async fn create(State(state): State<AppState>, call: Call<Create>) -> Result<Response, Problem> {
    let Create { agent, label, config } = call.body;
    let config = config.map(|config| config.0).unwrap_or_default();
    let new = NewProfile { agent, label: label.map(Into::into), config };
    let answer = state
        .store
        .answer(call.cause, move |tx| Ok(Answer::json(201, &tx.create_profile(new)?, Subject::default())))
        .await?;
    Ok(written(&state, answer))
}

pub async fn change(State(state): State<AppState>, ids: Ids, call: Call<Change>) -> Result<Response, Problem> {
    let id = ids.profile()?;
    let body = call.body;
    let change = ProfileChange {
        agent: body.agent,
        label: body.label.map(|label| label.map(Into::into)),
        config: body.config.map(|config| config.0),
    };
    let answer = state
        .store
        .answer(call.cause, move |tx| Ok(Answer::json(200, &tx.change_profile(&id, change)?, Subject::default())))
        .await?;
    Ok(written(&state, answer))
}

pub async fn remove(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let id = ids.profile()?;
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            tx.remove_profile(&id)?;
            Ok(Answer::nothing())
        })
        .await?;
    Ok(written(&state, answer))
}
