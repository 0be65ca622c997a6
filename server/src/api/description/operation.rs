//! One method of one route: what it takes and what it answers.

use std::collections::BTreeSet;

use hyper::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::access::decide::Need;

/// Makes a schema, or a reference to one that the generator keeps.
pub(super) type Schemas = fn(&mut SchemaGenerator) -> Schema;

/// A schema in one of the shapes that a query or a header has.
#[derive(Clone, Copy)]
pub(super) enum Text {
    /// Any text.
    Any,
    /// Whole numbers between two bounds, and the one that is meant when none is given.
    Whole { min: u64, max: u64, default: Option<u64> },
    /// One of these.
    OneOf(&'static [&'static str]),
    /// What matches a pattern.
    Like(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Query,
    Header,
}

pub(super) struct Parameter {
    pub place: Place,
    pub name: &'static str,
    pub meaning: &'static str,
    pub text: Text,
    pub many: bool,
}

pub(super) struct Body {
    pub media_types: Vec<(&'static str, Schemas)>,
}

pub(super) struct Answer {
    pub status: u16,
    pub meaning: &'static str,
    pub content: Option<(&'static str, Schemas)>,
    pub headers: BTreeSet<&'static str>,
}

/// What one method of one route takes and answers.
pub struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) need: Need,
    pub(super) summary: &'static str,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
    pub(super) codes: BTreeSet<&'static str>,
}

/// The schema of `T`, by its name where it has one.
pub(super) fn reference<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What a caller without what is needed is told.
fn refusals(need: Need) -> &'static [&'static str] {
    match need {
        Need::Nothing => &[],
        Need::Token => &["unauthorized", "too_many_sign_ins"],
        Need::Some(_) | Need::All(_) | Need::Board(_) => &["unauthorized", "too_many_sign_ins", "forbidden"],
        // Whose board it is on is looked up.
        Need::Attempt(_) => {
            &["unauthorized", "too_many_sign_ins", "forbidden", "internal", "overloaded", "storage_unavailable"]
        }
    }
}

impl Operation {
    /// One that nothing is said of yet.
    pub(super) fn new(method: Method, path: &'static str, need: Need) -> Self {
        let mut codes = if path.contains('{') { BTreeSet::from(["not_found"]) } else { BTreeSet::new() };
        codes.extend(refusals(need));
        Self { method, path, need, summary: "", parameters: Vec::new(), body: None, answers: Vec::new(), codes }
    }

    /// What it does, in a sentence.
    pub(super) fn summary(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// The refusals that are its own.
    pub(super) fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.codes.extend(codes);
        self
    }

    /// An answer with a JSON document.
    pub(super) fn answers<T: JsonSchema>(self, status: u16, meaning: &'static str) -> Self {
        self.gives(Answer {
            status,
            meaning,
            content: Some(("application/json", reference::<T>)),
            headers: BTreeSet::new(),
        })
    }

    /// An answer with something else.
    pub(super) fn answers_text(self, media_type: &'static str, meaning: &'static str) -> Self {
        let content = Some((media_type, reference::<String> as Schemas));
        self.gives(Answer { status: 200, meaning, content, headers: BTreeSet::new() })
    }

    /// 204.
    pub(super) fn answers_nothing(self, meaning: &'static str) -> Self {
        self.gives(Answer { status: 204, meaning, content: None, headers: BTreeSet::new() })
    }

    fn gives(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Its answers carry a header.
    pub(super) fn with_header(mut self, name: &'static str) -> Self {
        for answer in &mut self.answers {
            answer.headers.insert(name);
        }
        self
    }

    fn takes(mut self, place: Place, name: &'static str, meaning: &'static str, text: Text) -> Self {
        self.parameters.push(Parameter { place, name, meaning, text, many: false });
        self
    }

    /// A query parameter.
    pub(super) fn query(self, name: &'static str, meaning: &'static str, text: Text) -> Self {
        self.takes(Place::Query, name, meaning, text)
    }

    /// A query parameter that may be repeated.
    pub(super) fn query_many(mut self, name: &'static str, meaning: &'static str, text: Text) -> Self {
        self.parameters.push(Parameter { place: Place::Query, name, meaning, text, many: true });
        self
    }

    /// A header.
    pub(super) fn header(self, name: &'static str, meaning: &'static str, text: Text) -> Self {
        self.takes(Place::Header, name, meaning, text)
    }

    /// Its answers say at which place of the log they stand.
    pub(super) fn placed(self) -> Self {
        self.with_header("x-event-id")
    }

    /// `before` and `limit`.
    pub(super) fn paged(self) -> Self {
        self.query("before", "The `nextBefore` of the page after the wanted one", Text::Like("^(0|[1-9][0-9]*)$"))
            .limited()
    }

    /// `limit`.
    pub(super) fn limited(self) -> Self {
        let limit = Text::Whole { min: 1, max: 1000, default: Some(100) };
        self.query("limit", "How many at most", limit).refuses(&["bad_parameter"])
    }

    /// It reads from the store.
    pub(super) fn reads(self) -> Self {
        self.refuses(&["internal", "overloaded", "storage_unavailable"])
    }

    /// It has a version, and a caller that has it already is told so.
    pub(super) fn versioned(self) -> Self {
        let known = self.header("If-None-Match", "The version that the caller has", Text::Any).with_header("ETag");
        let headers = BTreeSet::from(["ETag", "x-event-id"]);
        known.gives(Answer { status: 304, meaning: "The caller has this version", content: None, headers })
    }

    /// It is written only if it is still the version that the caller has.
    pub(super) fn conditional(self) -> Self {
        self.header("If-Match", "Write only if this is still the version", Text::Any).refuses(&["precondition_failed"])
    }

    /// Its answers carry the new version.
    pub(super) fn tagged(self) -> Self {
        self.with_header("ETag")
    }

    /// A write, safe to repeat under a key.
    pub(super) fn writes(self) -> Self {
        let key = Text::Like("^[!-~]{1,255}$");
        let codes = &["invalid_field", "idempotency_key_reused", "answer_deleted"];
        self.header("Idempotency-Key", "The same key and request get the first answer again", key)
            .with_header("idempotency-replayed")
            .placed()
            .refuses(codes)
            .reads()
    }

    /// A JSON body.
    pub(super) fn body<T: JsonSchema>(self) -> Self {
        self.body_as(vec![("application/json", reference::<T>)])
    }

    /// A body of one of several media types.
    pub(super) fn body_as(self, media_types: Vec<(&'static str, Schemas)>) -> Self {
        let codes = &["bad_body", "bad_json", "too_slow", "too_large", "unsupported_media_type", "invalid_field"];
        Self { body: Some(Body { media_types }), ..self }.refuses(codes)
    }
}
