//! `/agents`.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{Agent, AgentId, AgentProtocol};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::call::{Bare, Call, json as document, written};
use super::fields::given;
use super::problem::Problem;
use super::query::Ids;
use crate::domain::report::present;
use crate::domain::text::{Label, white_space};
use crate::secrets::has_secret;
use crate::state::AppState;
use crate::store::{AgentChange, Answer, NewAgent, Subject};

/// What is passed to the system as it is, so without NUL: the value of a variable.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("maxLength" = 65_536, "pattern" = r"^[^\u0000]*$"))]
pub(super) struct EnvValue(String);

impl TryFrom<String> for EnvValue {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.contains('\0') || text.len() > 64 * 1024 {
            return Err("must have at most 64 KiB and no NUL");
        }
        Ok(Self(text))
    }
}

/// A program and its arguments: every process of the machine can read them.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "EnvValue")]
#[schemars(extend("maxLength" = 65_536, "pattern" = r"^[^\u0000]*$"))]
pub(super) struct Argument(String);

impl TryFrom<EnvValue> for Argument {
    type Error = &'static str;

    fn try_from(EnvValue(text): EnvValue) -> Result<Self, Self::Error> {
        if has_secret(&text) {
            return Err("looks like a secret, which everybody could read there: give it to the agent by env");
        }
        Ok(Self(text))
    }
}

/// A program's name or path.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Argument")]
#[schemars(extend("pattern" = concat!(r"^[^\u0000]*[^\u0000", white_space!(), r"][^\u0000]*$")))]
struct Program(String);

impl TryFrom<Argument> for Program {
    type Error = &'static str;

    fn try_from(Argument(text): Argument) -> Result<Self, Self::Error> {
        if text.trim().is_empty() { Err("must name a program") } else { Ok(Self(text)) }
    }
}

/// The name of an environment variable.
#[derive(Deserialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
#[schemars(extend("pattern" = "^[A-Za-z_][0-9A-Za-z_]{0,254}$"))]
pub struct EnvName(String);

impl TryFrom<String> for EnvName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
        let plain = first && text.len() <= 255 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plain { Ok(Self(text)) } else { Err("must be the name of an environment variable") }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewAgent")]
pub struct Create {
    agent: AgentId,
    label: Option<Label>,
    protocol: AgentProtocol,
    command: Program,
    #[serde(default)]
    args: Vec<Argument>,
    /// Added to its environment; the values never come back.
    #[serde(default)]
    env: BTreeMap<EnvName, EnvValue>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent and null differ in a change")]
#[schemars(rename = "AgentSettings")]
pub struct Change {
    #[serde(default, deserialize_with = "present")]
    label: Option<Option<Label>>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "AgentProtocol")]
    protocol: Option<AgentProtocol>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Program")]
    command: Option<Program>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Vec<Argument>")]
    args: Option<Vec<Argument>>,
    /// All that is added to its environment; the values never come back.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "BTreeMap<EnvName, EnvValue>")]
    env: Option<BTreeMap<EnvName, EnvValue>>,
}

pub(super) fn plain(args: Vec<Argument>) -> Vec<String> {
    args.into_iter().map(|argument| argument.0).collect()
}

fn plain_env(env: BTreeMap<EnvName, EnvValue>) -> BTreeMap<String, String> {
    env.into_iter().map(|(name, value)| (name.0, value.0)).collect()
}

/// All agents.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agents {
    agents: Vec<Agent>,
}

pub async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let agents = state.store.read(|log| log.agents()).await?;
    Ok(document(&Agents { agents }))
}

pub async fn create(State(state): State<AppState>, call: Call<Create>) -> Result<Response, Problem> {
    let body = call.body;
    let new = NewAgent {
        agent: body.agent,
        label: body.label.map(Into::into),
        protocol: body.protocol,
        command: body.command.0,
        args: plain(body.args),
        env: plain_env(body.env),
    };
    let answer = state
        .store
        .answer(call.cause, move |tx| Ok(Answer::json(201, &tx.register_agent(new)?, Subject::default())))
        .await?;
    Ok(written(&state, answer))
}

pub async fn change(State(state): State<AppState>, ids: Ids, call: Call<Change>) -> Result<Response, Problem> {
    let agent = ids.agent()?;
    let body = call.body;
    let change = AgentChange {
        label: body.label.map(|label| label.map(Into::into)),
        protocol: body.protocol,
        command: body.command.map(|program| program.0),
        args: body.args.map(plain),
        env: body.env.map(plain_env),
    };
    let answer = state
        .store
        .answer(call.cause, move |tx| Ok(Answer::json(200, &tx.change_agent(&agent, change)?, Subject::default())))
        .await?;
    Ok(written(&state, answer))
}

pub async fn remove(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let agent = ids.agent()?;
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            tx.remove_agent(&agent)?;
            Ok(Answer::nothing())
        })
        .await?;
    Ok(written(&state, answer))
}
