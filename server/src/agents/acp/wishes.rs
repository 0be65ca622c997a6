//! What a profile wishes of a session, as far as the agent offers it [ACP, session config options; session modes].

use boardcast_shared::LogLevel;
use serde_json::{Value, json};

use super::Acp;
use super::handshake::Failed;
use crate::agents::Wishes;
use crate::agents::text::{NAME_LIMIT, cut};

/// A choice that the agent offers, and how it is told of it.
#[derive(Debug, PartialEq, Eq)]
struct Offer {
    method: &'static str,
    /// The name of the parameter that carries the value.
    value_is: &'static str,
    /// Which config option it is, when it is one.
    config_id: Option<String>,
    current: Option<String>,
    /// The values, with their names for people.
    values: Vec<(String, String)>,
}

impl Acp {
    /// Asks for what is wished. What isn't offered or is refused is told; the session goes on without it.
    ///
    /// # Errors
    /// The agent is lost.
    pub(super) async fn wish(&mut self, wishes: &Wishes, mut offers: Value) -> Result<(), Failed> {
        // The model first: it may decide which modes there are.
        for (what, wish) in [("model", &wishes.model), ("mode", &wishes.mode)] {
            let Some(wish) = wish else { continue };
            let chosen = offer(&offers, what).ok_or_else(|| none_offered(what, wish));
            match chosen.and_then(|offer| Ok((offer.value_for(what, wish)?, offer))) {
                Ok((value, offer)) if offer.current.as_ref() == Some(&value) => {}
                Ok((value, offer)) => self.choose(what, &value, &offer, &mut offers).await?,
                Err(why) => self.link.outbox.line(LogLevel::Warn, cut(why, NAME_LIMIT, 0)),
            }
        }
        Ok(())
    }

    async fn choose(&mut self, what: &str, value: &str, offer: &Offer, offers: &mut Value) -> Result<(), Failed> {
        let mut params = json!({ "sessionId": self.session, (offer.value_is): value });
        if let Some(id) = &offer.config_id {
            params["configId"] = id.as_str().into();
        }
        match self.call::<Value>(offer.method, &params).await {
            Ok(answer) => {
                // One choice may change what there is of the others.
                if let Some(options) = answer.get("configOptions").filter(|options| options.is_array()) {
                    offers["configOptions"] = options.clone();
                }
                self.link.outbox.line(LogLevel::Info, format!("The {what} is {value}, as the profile wishes"));
            }
            Err(Failed::Refused(why)) => {
                let line = format!("The profile's {what} is left out: {why}");
                self.link.outbox.line(LogLevel::Warn, cut(line, NAME_LIMIT, 0));
            }
            Err(lost @ Failed::Lost(_)) => return Err(lost),
        }
        Ok(())
    }
}

fn none_offered(what: &str, wish: &str) -> String {
    format!("The profile's {what} {wish} is left out: the agent offers no choice of it")
}

impl Offer {
    /// The value that is meant, by its own name or the one for people.
    fn value_for(&self, what: &str, wish: &str) -> Result<String, String> {
        let found = self.values.iter().find(|(value, _)| value == wish).or_else(|| {
            let is_it = |word: &str| word.eq_ignore_ascii_case(wish);
            self.values.iter().find(|(value, name)| is_it(value) || is_it(name))
        });
        found.map(|(value, _)| value.clone()).ok_or_else(|| {
            let known = self.values.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>().join(", ");
            format!("The profile's {what} {wish} is left out: the agent offers {known}")
        })
    }
}

/// The config option of that category; without one the older way of modes and models.
fn offer(offers: &Value, what: &str) -> Option<Offer> {
    config_option(offers, what).or_else(|| {
        if what == "model" {
            return listed(&offers["models"], "availableModels", "modelId", "currentModelId", "session/set_model");
        }
        let offer = listed(&offers["modes"], "availableModes", "id", "currentModeId", "session/set_mode")?;
        Some(Offer { value_is: "modeId", ..offer })
    })
}

fn config_option(offers: &Value, what: &str) -> Option<Offer> {
    let options = offers["configOptions"].as_array()?;
    let is_it = |option: &&Value| option["category"].as_str().or(option["id"].as_str()) == Some(what);
    let option = options.iter().filter(|option| option["type"] == "select").find(is_it)?;
    let mut values = Vec::new();
    for entry in option["options"].as_array().into_iter().flatten() {
        // An entry is a value, or a group of them.
        let group = entry["options"].as_array().map_or(std::slice::from_ref(entry), Vec::as_slice);
        values.extend(group.iter().filter_map(|entry| named(entry, "value")));
    }
    Some(Offer {
        method: "session/set_config_option",
        value_is: "value",
        config_id: Some(text(option, "id")?),
        current: text(option, "currentValue"),
        values,
    })
}

fn listed(of: &Value, list: &str, id: &'static str, current: &str, method: &'static str) -> Option<Offer> {
    let values = of[list].as_array()?.iter().filter_map(|entry| named(entry, id)).collect();
    Some(Offer { method, value_is: id, config_id: None, current: text(of, current), values })
}

fn named(entry: &Value, id: &str) -> Option<(String, String)> {
    Some((text(entry, id)?, text(entry, "name").unwrap_or_default()))
}

fn text(of: &Value, name: &str) -> Option<String> {
    of[name].as_str().map(str::to_owned)
}
