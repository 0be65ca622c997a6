//! The schemas of a document, each under its name.

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::operation::Schemas;

/// Where named schemas stand in both kinds of document.
const PLACE: &str = "/components/schemas";

/// Which JSON Schema a document is written in.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// OpenAPI 3.1's.
    Draft2020,
    /// AsyncAPI's own, where nothing stands beside a `$ref`.
    Draft7,
}

/// Two views of the same types: what may be left out on the way in is always there on the way out.
pub(super) struct Collected {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

impl Collected {
    pub(super) fn new(dialect: Dialect) -> Self {
        let settings = || {
            let settings = match dialect {
                Dialect::Draft2020 => SchemaSettings::draft2020_12(),
                Dialect::Draft7 => SchemaSettings::draft07(),
            };
            let mut settings = settings.with_transform(Plain);
            settings.definitions_path = PLACE.into();
            settings.meta_schema = None;
            settings
        };
        Self {
            taken: settings().for_deserialize().into_generator(),
            given: settings().for_serialize().into_generator(),
        }
    }

    /// The schema of something that is read.
    pub(super) fn taken(&mut self, schema: Schemas) -> Value {
        finished(schema, &mut self.taken)
    }

    /// The schema of something that is written.
    pub(super) fn given(&mut self, schema: Schemas) -> Value {
        finished(schema, &mut self.given)
    }

    /// The choices of an enum that is written.
    pub(super) fn apart<T: JsonSchema>(&mut self) -> Value {
        let mut schema = T::json_schema(&mut self.given);
        self.given.transforms_mut().for_each(|transform| transform.transform(&mut schema));
        schema.remove("oneOf").unwrap_or_default()
    }

    /// All named schemas. Those that differ between in and out have `Input` behind their name on the way in, also within
    /// `inward`: the parts of the document that refer to what is read.
    pub(super) fn finish<'a>(mut self, inward: impl IntoIterator<Item = &'a mut Value>) -> Map<String, Value> {
        let mut all = self.given.take_definitions(true);
        let mut taken = self.taken.take_definitions(true);
        let apart = differing(&taken, &all);
        inward.into_iter().for_each(|node| rename(node, &apart));
        taken.values_mut().for_each(|node| rename(node, &apart));
        for (name, schema) in taken {
            let name = if apart.contains(&name) { format!("{name}Input") } else { name };
            all.insert(name, schema);
        }
        all
    }
}

fn finished(schema: Schemas, generator: &mut SchemaGenerator) -> Value {
    let mut schema = schema(generator);
    generator.transforms_mut().for_each(|transform| transform.transform(&mut schema));
    schema.to_value()
}

/// Without what only tells how Rust holds the value, or is said to those who write the server: what follows the first
/// paragraph of a description.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.get("default") == Some(&Value::Null) {
            schema.remove("default");
        }
        let sized = schema.get("format").and_then(Value::as_str);
        if sized.is_some_and(|format| format.starts_with("uint") || format == "int32") {
            schema.remove("format");
        }
        let first = schema.get("description").and_then(Value::as_str).and_then(|text| text.split_once("\n\n"));
        if let Some(first) = first.map(|(first, _)| first.to_owned()) {
            schema.insert("description".into(), first.into());
        }
        transform_subschemas(self, schema);
    }
}

/// The names that mean something else in `taken` than in `given`, be it by what they refer to.
fn differing(taken: &Map<String, Value>, given: &Map<String, Value>) -> BTreeSet<String> {
    let mut apart = BTreeSet::new();
    loop {
        let more: Vec<String> = taken
            .iter()
            .filter(|(name, schema)| {
                let other = given.get(*name);
                !apart.contains(*name) && other.is_some_and(|other| other != *schema || refers(schema, &apart))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return apart;
        }
        apart.extend(more);
    }
}

fn target(node: &Value) -> Option<&str> {
    node.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

fn refers(node: &Value, names: &BTreeSet<String>) -> bool {
    target(node).is_some_and(|name| names.contains(name))
        || match node {
            Value::Object(members) => members.values().any(|child| refers(child, names)),
            Value::Array(items) => items.iter().any(|child| refers(child, names)),
            _ => false,
        }
}

fn rename(node: &mut Value, names: &BTreeSet<String>) {
    if let Some(name) = target(node).filter(|name| names.contains(*name)) {
        node["$ref"] = format!("#{PLACE}/{name}Input").into();
    }
    match node {
        Value::Object(members) => members.values_mut().for_each(|child| rename(child, names)),
        Value::Array(items) => items.iter_mut().for_each(|child| rename(child, names)),
        _ => {}
    }
}
