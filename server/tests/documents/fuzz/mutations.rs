//! Values that fit a schema but for one place.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::values::anything;

/// What is done to a value that fits.
#[derive(Debug, Clone)]
pub enum Mutation {
    Replace(Value),
    Remove,
    Add(String, Value),
}

pub fn mutation() -> impl Strategy<Value = (Index, Mutation)> {
    let how = prop_oneof![
        3 => anything().prop_map(Mutation::Replace),
        1 => Just(Mutation::Remove),
        1 => (any::<String>(), anything()).prop_map(|(name, value)| Mutation::Add(name, value)),
    ];
    (any::<Index>(), how)
}

/// The same value with one place of it mutated.
pub fn mutated(mut value: Value, (place, mutation): (Index, Mutation)) -> Value {
    let mut places = Vec::new();
    list(&value, String::new(), &mut places);
    let place = place.get(&places).clone();
    match mutation {
        Mutation::Replace(new) => *value.pointer_mut(&place).expect("a place of it") = new,
        Mutation::Add(name, new) => {
            if let Some(Value::Object(members)) = value.pointer_mut(&place) {
                members.insert(name, new);
            }
        }
        Mutation::Remove => {
            if let Some((parent, name)) = place.rsplit_once('/')
                && let Some(Value::Object(members)) = value.pointer_mut(parent)
            {
                members.remove(&name.replace("~1", "/").replace("~0", "~"));
            }
        }
    }
    value
}

fn list(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, child) in members {
                list(child, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                list(child, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}
