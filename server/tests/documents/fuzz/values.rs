//! Values that fit a schema of the document, and such that nearly do.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use serde_json::{Map, Value, json};

use crate::documents::document::DOCUMENT;

/// Stands for the id of something that is there; filled in when the request is sent.
const KNOWN: &[(&str, &str)] = &[
    // Not each text of its shape is a day.
    ("Time", "2026-01-31T12:00:00.000Z"),
    ("BoardId", "$board"),
    ("CardId", "$card"),
    ("ColumnId", "$column"),
    ("AttemptId", "$attempt"),
    ("GitOwner", "$attempt"),
    ("AgentId", "$agent"),
    ("ProfileId", "$profile"),
];
/// Deeper than any schema needs for a value.
const DEEPEST: usize = 12;

/// A value that fits `schema`.
pub fn fitting(schema: &'static Value) -> BoxedStrategy<Value> {
    at_depth(schema, 0)
}

fn at_depth(schema: &'static Value, depth: usize) -> BoxedStrategy<Value> {
    if depth > DEEPEST {
        return Just(Value::Null).boxed();
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = at_depth(DOCUMENT.pointer(&reference[1..]).expect("a schema"), depth + 1);
        let known = KNOWN.iter().find(|(name, _)| reference.ends_with(&format!("/{name}")));
        return match known {
            Some((_, time)) if !time.starts_with('$') => Just(Value::from(*time)).boxed(),
            Some((_, id)) => prop_oneof![4 => Just(Value::from(*id)), 1 => target].boxed(),
            None => target,
        };
    }
    if let Some(value) = schema.get("const") {
        return Just(value.clone()).boxed();
    }
    if let Some(values) = schema["enum"].as_array() {
        return select(values.clone()).boxed();
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let choices = choices.iter().map(|choice| at_depth(choice, depth + 1)).collect::<Vec<_>>();
        return proptest::strategy::Union::new(choices).boxed();
    }
    match &schema["type"] {
        Value::String(kind) => of_type(kind, schema, depth),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str).map(|kind| of_type(kind, schema, depth));
            proptest::strategy::Union::new(kinds.collect::<Vec<_>>()).boxed()
        }
        _ => anything().boxed(),
    }
}

fn of_type(kind: &str, schema: &'static Value, depth: usize) -> BoxedStrategy<Value> {
    match kind {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => {
            let least = schema["minimum"].as_i64().unwrap_or(-3);
            let most = schema["maximum"].as_i64().unwrap_or(1000);
            (least..=most).prop_map(Value::from).boxed()
        }
        "number" => any::<f32>().prop_map(|number| json!(number)).boxed(),
        "string" => text(schema),
        "array" => vec(at_depth(&schema["items"], depth + 1), 0..4).prop_map(Value::from).boxed(),
        "object" => object(schema, depth),
        other => panic!("a schema of type {other}"),
    }
}

/// A text that fits the pattern; without one any text that isn't too short.
pub fn text(schema: &'static Value) -> BoxedStrategy<Value> {
    let Some(pattern) = schema["pattern"].as_str() else {
        let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap();
        return vec(any::<char>(), least..12).prop_map(|text| text.into_iter().collect::<String>().into()).boxed();
    };
    // ECMAScript's \d is plain digits.
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$').replace("\\d", "[0-9]");
    let texts = string_regex(&format!("({pattern})")).unwrap_or_else(|why| panic!("{pattern}: {why}"));
    let texts = texts.prop_map(Value::from);
    if schema.get("not").is_none() {
        return texts.boxed();
    }
    let validator = jsonschema::validator_for(schema).expect("a schema");
    texts.prop_filter("like what it must not be", move |text| validator.is_valid(text)).boxed()
}

fn object(schema: &'static Value, depth: usize) -> BoxedStrategy<Value> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let members = schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| {
        let value = at_depth(schema, depth + 1);
        let value = if required.contains(&name.as_str()) {
            value.prop_map(Some).boxed()
        } else {
            prop::option::of(value).boxed()
        };
        value.prop_map(move |value| value.map(|value| (name.clone(), value)))
    });
    let members = members.collect::<Vec<_>>();
    (members, others(schema, depth))
        .prop_map(|(members, others)| {
            let members = members.into_iter().flatten();
            Value::Object(members.chain(others).collect::<Map<_, _>>())
        })
        .boxed()
}

/// Members that aren't listed by name.
fn others(schema: &'static Value, depth: usize) -> BoxedStrategy<std::collections::BTreeMap<String, Value>> {
    if let Some((pattern, schema)) = schema["patternProperties"].as_object().and_then(|all| all.iter().next()) {
        let name = string_regex(pattern.trim_matches(['^', '$'])).expect("a pattern");
        return btree_map(name, at_depth(schema, depth + 1), 0..3).boxed();
    }
    Just(std::collections::BTreeMap::new()).boxed()
}

/// Any small JSON.
pub fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
        Just(Value::from("x".repeat(70_000))),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let members = btree_map("[a-z]{1,4}", inner.clone(), 0..3);
        prop_oneof![vec(inner, 0..3).prop_map(Value::from), members.prop_map(|all| all.into_iter().collect())]
    })
}
