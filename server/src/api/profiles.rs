//! `/agent-profiles`.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{AgentId, AgentProfile, PermissionPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::agents::{Argument, EnvName, EnvValue, plain};
use super::call::{Bare, Call, json as document, written};
use super::fields::given;
use super::problem::Problem;
use super::query::Ids;
use crate::domain::profile::{PromptTemplate, TimeLimit};
use crate::domain::report::present;
use crate::domain::text::{AgentChoice, Label};
use crate::secrets::redact_all;
use crate::state::AppState;
use crate::store::{Answer, NewProfile, ProfileChange, Subject};

/// How to work; what is left out or null is the agent's own way.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ProfileConfig")]
struct Config {
    /// The agent's name for the model it is to use.
    model: Option<AgentChoice>,
    /// The agent's name for the mode it is to be in.
    mode: Option<AgentChoice>,
    /// What is done when it asks for a permission; `ask` unless told.
    permission_policy: Option<PermissionPolicy>,
    /// Added to its environment.
    env: Option<Env>,
    /// Added to its arguments.
    args: Option<Vec<Argument>>,
    /// What it is asked first, unless the attempt brings its own prompt.
    prompt_template: Option<PromptTemplate>,
    /// How long one turn may take.
    time_limit_seconds: Option<TimeLimit>,
}

/// Variables with their values; null keeps the value that is known, as a list of names does for all of them.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Value")]
#[schemars(rename = "ProfileEnv", extend("anyOf" = env_schemas()))]
struct Env(Value);

fn env_schemas() -> Value {
    let name = "^[A-Za-z_][0-9A-Za-z_]{0,254}$";
    json!([
        { "type": "object", "propertyNames": { "pattern": name }, "additionalProperties": { "type": ["string", "null"] } },
        { "type": "array", "items": { "type": "string", "pattern": name } },
    ])
}

impl TryFrom<Value> for Env {
    type Error = String;

    fn try_from(env: Value) -> Result<Self, String> {
        let names: Vec<String> = match &env {
            Value::Object(env) if env.values().all(can_be_passed_on) => env.keys().cloned().collect(),
            Value::Array(names) if names.iter().all(Value::is_string) => {
                names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => {
                let rule = "must map names to texts of at most 64 KiB without NUL or to null, or list names: these values are kept";
                return Err(rule.into());
            }
        };
        for name in names {
            EnvName::try_from(name.clone()).map_err(|error| format!("{name} {error}"))?;
        }
        Ok(Self(env))
    }
}

fn can_be_passed_on(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| EnvValue::try_from(text.to_owned()).is_ok())
}

impl From<Config> for Map<String, Value> {
    /// As it is kept: without what says nothing, and without secrets outside of the environment.
    fn from(config: Config) -> Self {
        let text = |choice: AgentChoice| Value::from(String::from(choice));
        let args = config.args.map(|args| Value::from(plain(args)));
        let members = [
            ("model", config.model.map(text)),
            ("mode", config.mode.map(text)),
            ("permissionPolicy", config.permission_policy.map(|policy| policy.as_str().into())),
            ("promptTemplate", config.prompt_template.map(|template| String::from(template).into())),
            ("timeLimitSeconds", config.time_limit_seconds.map(|limit| Duration::from(limit).as_secs().into())),
            ("args", args),
        ];
        let mut kept: Self = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        kept.values_mut().for_each(redact_all);
        kept.extend(config.env.map(|env| ("env".to_owned(), env.0)));
        kept
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
    let config = config.map(Into::into).unwrap_or_default();
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
        config: body.config.map(Into::into),
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
