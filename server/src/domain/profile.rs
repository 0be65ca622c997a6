//! How an agent is to work: what the settings of a profile mean.

use std::time::Duration;

use boardcast_shared::{Card, PermissionPolicy};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::text::{MAX_PROMPT_BYTES, white_space};

/// The longest time limit of a turn: a week.
const MAX_SECONDS: u64 = 7 * 24 * 60 * 60;
/// The most bytes of a prompt's template.
const MAX_TEMPLATE_BYTES: usize = 16 * 1024;
/// What a template can say of a card.
const CARD_FIELDS: [&str; 4] = ["title", "description", "ticketKey", "ticketType"];
/// The longest name of a field that is quoted in a refusal, in characters.
const QUOTED: usize = 40;
/// What [`pieces`] takes, for schemas.
const TEMPLATE: &str = concat!(
    r"^(\{?[^{]|\{\{[",
    white_space!(),
    r"]*(title|description|ticketKey|ticketType)[",
    white_space!(),
    r"]*\}\})*\{?$"
);

/// How long one turn may take, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "serde_json::Number")]
#[schemars(extend("type" = "integer", "minimum" = 1, "maximum" = MAX_SECONDS))]
pub struct TimeLimit(u64);

impl TryFrom<serde_json::Number> for TimeLimit {
    type Error = String;

    fn try_from(number: serde_json::Number) -> Result<Self, String> {
        let seconds = number.as_u64().filter(|seconds| (1..=MAX_SECONDS).contains(seconds));
        seconds.map(Self).ok_or_else(|| format!("must be a whole number of seconds from 1 to {MAX_SECONDS}"))
    }
}

impl From<TimeLimit> for Duration {
    fn from(TimeLimit(seconds): TimeLimit) -> Self {
        Self::from_secs(seconds)
    }
}

/// A prompt with places for what the card says, such as `{{title}}`; at most 16 KiB, not only white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("maxLength" = MAX_TEMPLATE_BYTES, "pattern" = TEMPLATE, "not" = blank()))]
pub struct PromptTemplate(String);

fn blank() -> Value {
    serde_json::json!({ "pattern": concat!("^[", white_space!(), "]*$") })
}

impl TryFrom<String> for PromptTemplate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() > MAX_TEMPLATE_BYTES {
            return Err(format!("must have at most {MAX_TEMPLATE_BYTES} bytes, has {}", text.len()));
        }
        if text.trim().is_empty() {
            return Err("must not be empty".into());
        }
        pieces(&text)?;
        Ok(Self(text))
    }
}

impl From<PromptTemplate> for String {
    fn from(PromptTemplate(text): PromptTemplate) -> Self {
        text
    }
}

impl PromptTemplate {
    /// The prompt for a card. What the card says is taken as it is: places in it are not filled again. It isn't
    /// written to its end when it is too long for a prompt anyway.
    #[must_use]
    pub fn prompt(&self, card: &Card) -> String {
        let mut prompt = String::new();
        for piece in pieces(&self.0).unwrap_or_default() {
            match piece {
                Piece::Text(text) => prompt.push_str(text),
                Piece::Field(field) => push_field(&mut prompt, field, card),
            }
            if prompt.len() > MAX_PROMPT_BYTES {
                break;
            }
        }
        prompt
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Field(&'a str),
}

fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once("{{") {
        let (name, beyond) = after.split_once("}}").ok_or("has a {{ without its }}")?;
        let name = name.trim();
        if !CARD_FIELDS.contains(&name) {
            let (name, known) = (name.chars().take(QUOTED).collect::<String>(), CARD_FIELDS.join("}}, {{"));
            return Err(format!("{{{{{name}}}}} is no field of a card; there are {{{{{known}}}}}"));
        }
        pieces.extend([Piece::Text(text), Piece::Field(name)]);
        rest = beyond;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

fn push_field(prompt: &mut String, field: &str, card: &Card) {
    match field {
        "title" => prompt.push_str(&card.title),
        "description" => prompt.push_str(card.description.as_deref().unwrap_or_default()),
        "ticketKey" => prompt.push_str(&card.ticket_key),
        "ticketType" => {
            // The word of the wire.
            let kind = card.ticket_type.and_then(|kind| serde_json::to_value(kind).ok());
            prompt.push_str(kind.as_ref().and_then(Value::as_str).unwrap_or_default());
        }
        _ => {}
    }
}

/// A profile's settings as they are heeded; what says nothing that can be heeded is as if it weren't there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The agent's name for the model it is to use.
    pub model: Option<String>,
    /// The agent's name for the mode it is to be in.
    pub mode: Option<String>,
    /// What is done when it asks for a permission.
    pub permission_policy: PermissionPolicy,
    /// What it is asked first.
    pub prompt_template: Option<PromptTemplate>,
    /// How long one turn may take.
    pub time_limit: Option<Duration>,
}

impl From<&Map<String, Value>> for Settings {
    fn from(config: &Map<String, Value>) -> Self {
        Self {
            model: setting(config, "model"),
            mode: setting(config, "mode"),
            permission_policy: setting(config, "permissionPolicy").unwrap_or_default(),
            prompt_template: setting(config, "promptTemplate"),
            time_limit: setting::<TimeLimit>(config, "timeLimitSeconds").map(Duration::from),
        }
    }
}

fn setting<T: DeserializeOwned>(config: &Map<String, Value>, name: &str) -> Option<T> {
    T::deserialize(config.get(name)?).ok()
}

#[cfg(test)]
mod tests {
    use boardcast_shared::{CardId, TicketType, Time};

    use super::*;

    fn card() -> Card {
        let now = Time::from_millis(0);
        Card {
            id: CardId::parse("c").unwrap(),
            ticket_key: "AB-1".into(),
            title: "Say {{description}}".into(),
            description: Some("why".into()),
            ticket_type: Some(TicketType::Feat),
            is_enhanced: false,
            depends_on: Vec::new(),
            pr_url: None,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn a_template_is_filled_once_with_what_the_card_says() {
        for (template, expected) in [
            ("Do it.", "Do it."),
            ("{{title}}", "Say {{description}}"),
            ("{ {{ ticketKey\n}} }: {{description}}{", "{ AB-1 }: why{"),
            ("{{ticketType}}/{{title}}", "feat/Say {{description}}"),
        ] {
            let template = PromptTemplate::try_from(template.to_owned()).unwrap();
            assert_eq!(template.prompt(&card()), expected);
        }
        let bare = Card { description: None, ticket_type: None, ..card() };
        let template = PromptTemplate::try_from("<{{description}}{{ticketType}}>".to_owned()).unwrap();
        assert_eq!(template.prompt(&bare), "<>");
    }

    #[test]
    fn a_template_names_only_fields_of_a_card_and_closes_its_places() {
        for (template, says) in [
            ("{{titel}}", "{{titel}} is no field of a card; there are {{title}}, {{description}},"),
            ("{{}}", "is no field"),
            ("{{{title}}}", "is no field"),
            ("{{title", "without its }}"),
            (" \n", "must not be empty"),
            (&"x".repeat(MAX_TEMPLATE_BYTES + 1), "at most 16384 bytes"),
        ] {
            let refused = PromptTemplate::try_from(template.to_owned()).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
    }

    #[test]
    fn a_template_that_makes_too_much_is_not_written_to_its_end() {
        let large = Card { description: Some("x".repeat(64 * 1024)), ..card() };
        let template = PromptTemplate::try_from("{{description}}".repeat(1000)).unwrap();
        let prompt = template.prompt(&large);
        assert!(prompt.len() > MAX_PROMPT_BYTES && prompt.len() < 2 * MAX_PROMPT_BYTES);
    }

    #[test]
    fn settings_that_say_nothing_of_use_are_as_if_they_were_not_there() {
        let config =
            serde_json::json!({"model": 7, "mode": "plan", "permissionPolicy": "never", "timeLimitSeconds": 0});
        let settings = Settings::from(config.as_object().unwrap());
        assert_eq!(settings, Settings { mode: Some("plan".into()), ..Settings::default() });
        let config = serde_json::json!({"permissionPolicy": "allow-reads", "timeLimitSeconds": 90});
        let settings = Settings::from(config.as_object().unwrap());
        assert_eq!(settings.time_limit, Some(Duration::from_secs(90)));
        assert_eq!(settings.permission_policy, PermissionPolicy::AllowReads);
    }
}
