//! Requests out of the document: such that fit it, and such that nearly do.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{mutations, values};
use crate::documents::document::{self, Documented};

/// A request; `$board` and the like stand for what is there.
#[derive(Clone)]
pub struct Call {
    pub operation: Documented,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    None,
    Json { media_type: &'static str, schema: &'static Value, value: Value },
    Raw { media_type: String, bytes: Vec<u8> },
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.operation.method, self.path, self.headers)?;
        match &self.body {
            Body::None => Ok(()),
            Body::Json { value, .. } => write!(f, " {value}"),
            Body::Raw { media_type, bytes } => write!(f, " {media_type:?} {:?}", String::from_utf8_lossy(bytes)),
        }
    }
}

/// Any request of any operation but the demo, which goes on playing on real git.
pub fn call() -> impl Strategy<Value = Call> {
    let fuzzed = |operation: &Documented| operation.path != "/demo";
    // More can be wrong with a body than without one.
    let weight = |operation: &Documented| match operation.path {
        "/events" => 16,
        _ if operation.node.get("requestBody").is_some() => 4,
        _ => 1,
    };
    let each = document::operations().into_iter().filter(fuzzed).map(|operation| (weight(&operation), of(operation)));
    proptest::strategy::Union::new_weighted(each.collect())
}

fn of(operation: Documented) -> BoxedStrategy<Call> {
    (path(operation.path), query(operation), headers(operation), body(operation))
        .prop_map(move |(path, query, headers, body)| {
            let path = if query.is_empty() { path } else { format!("{path}?{query}") };
            Call { operation, path, headers, body }
        })
        .boxed()
}

fn path(template: &'static str) -> BoxedStrategy<String> {
    let parts = template.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => {
            prop_oneof![12 => Just(format!("${name}")), 1 => any::<String>().prop_map(|text| encoded(&text))].boxed()
        }
        None => Just(part.to_owned()).boxed(),
    });
    parts.collect::<Vec<_>>().prop_map(|parts| parts.join("/")).boxed()
}

fn encoded(text: &str) -> String {
    let text = if text.is_empty() { "-" } else { text };
    text.bytes().flat_map(|byte| format!("%{byte:02X}").into_bytes()).map(char::from).collect()
}

/// The parameters of one place: most of them as documented, some of them anything.
fn parameters(
    operation: Documented,
    place: &'static str,
    anything: BoxedStrategy<String>,
) -> BoxedStrategy<Vec<(String, String)>> {
    let of = |parameter: &'static Value| {
        let schema = &parameter["schema"];
        let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
        let fitting =
            values::fitting(schema).prop_map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let value = if schema.get("pattern").is_none() && schema["type"] == "string" {
            anything.clone()
        } else {
            prop_oneof![3 => fitting, 1 => anything.clone()].boxed()
        };
        let name = parameter["name"].as_str().unwrap().to_owned();
        prop::option::weighted(0.3, value).prop_map(move |value| value.map(|value| (name.clone(), value)))
    };
    let parameters = operation.node["parameters"].as_array().unwrap().iter();
    let parameters = parameters.filter(|parameter| parameter["in"] == place).map(of).collect::<Vec<_>>();
    parameters.prop_map(|given| given.into_iter().flatten().collect()).boxed()
}

fn query(operation: Documented) -> BoxedStrategy<String> {
    let joined = |given: Vec<(String, String)>| {
        let pairs = given.into_iter().map(|(name, value)| format!("{name}={}", encoded(&value)));
        pairs.collect::<Vec<_>>().join("&")
    };
    parameters(operation, "query", any::<String>().boxed()).prop_map(joined).boxed()
}

fn headers(operation: Documented) -> BoxedStrategy<Vec<(String, String)>> {
    let version = prop_oneof![Just("*".to_owned()), Just("W/\"a-1\"".to_owned()), "[!-~]([ -~]{0,20}[!-~])?"];
    parameters(operation, "header", version.boxed())
}

fn body(operation: Documented) -> BoxedStrategy<Body> {
    let Some(content) = operation.node["requestBody"]["content"].as_object() else {
        return Just(Body::None).boxed();
    };
    let garbage = (select(vec!["application/json", "text/plain", ""]), any::<Vec<u8>>());
    let garbage = garbage.prop_map(|(media_type, bytes)| Body::Raw { media_type: media_type.into(), bytes });
    let of = |(media_type, node): (&'static String, &'static Value)| {
        let schema = &node["schema"];
        let json = move |value| Body::Json { media_type, schema, value };
        let fitting = values::fitting(schema);
        let mutated =
            (fitting.clone(), mutations::mutation()).prop_map(move |(value, how)| json(mutations::mutated(value, how)));
        let broken = (fitting.clone(), any::<prop::sample::Index>()).prop_map(move |(value, at)| {
            let mut bytes = value.to_string().into_bytes();
            bytes.truncate(at.index(bytes.len()));
            Body::Raw { media_type: media_type.clone(), bytes }
        });
        prop_oneof![8 => fitting.prop_map(json), 8 => mutated, 1 => broken]
    };
    let bodies = content.iter().map(of).collect::<Vec<_>>();
    prop_oneof![16 => proptest::strategy::Union::new(bodies), 1 => garbage].boxed()
}
