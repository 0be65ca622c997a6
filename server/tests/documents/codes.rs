//! Every word for programs: documented when it is in the code, and given by the server when it is documented.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use boardcast::api::description::CODES;

use super::provoked::{access, broken, github, requests, runs, unread};

/// The codes that answers carried, each with the status it must have.
#[derive(Default)]
pub struct Given(BTreeSet<String>);

impl Given {
    /// Takes the code of a problem document.
    #[track_caller]
    pub fn note(&mut self, what: &str, status: u16, problem: &serde_json::Value, expected: &str) {
        assert_eq!(problem["code"], expected, "{what}: {problem}");
        let code = CODES.iter().find(|code| code.name == expected).expect("a documented code");
        assert_eq!((status, &problem["status"]), (code.status, &code.status.into()), "{what}: {problem}");
        self.0.insert(expected.to_owned());
    }
}

#[test]
fn every_documented_code_is_given_by_the_server() {
    let mut given = Given::default();
    requests::provoke(&mut given);
    unread::provoke(&mut given);
    access::provoke(&mut given);
    broken::provoke(&mut given);
    runs::provoke(&mut given);
    github::provoke(&mut given);
    let missing: Vec<&str> = CODES.iter().map(|code| code.name).filter(|name| !given.0.contains(*name)).collect();
    assert!(missing.is_empty(), "never given: {missing:?}");
}

/// The first words in quotes after each place where a problem or a refusal is made.
fn made_in(source: &str, found: &mut BTreeSet<String>) {
    // Prose may name anything.
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let source = code.collect::<Vec<_>>().join("\n");
    let makers = [
        "Problem::new(",
        "Self::new(",
        "bad_request(",
        "Refusal::conflict(",
        "Refusal::invalid(",
        "too_many(",
        "code: ",
        "=> (\"",
    ];
    for maker in makers {
        for (at, _) in source.match_indices(maker) {
            // `=> ("unknown_card", …)` holds the quote itself.
            let rest = &source[at + maker.len() - usize::from(maker.ends_with('"'))..];
            let Some(word) = rest.split(';').next().and_then(|made| made.split('"').nth(1)) else { continue };
            if !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
                found.insert(word.to_owned());
            }
        }
    }
}

fn sources(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            made_in(&fs::read_to_string(path).unwrap(), found);
        }
    }
}

#[test]
fn every_code_in_the_sources_is_documented() {
    let mut found = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for part in ["api", "attempts", "domain", "http", "sse", "store", "access", "checkouts.rs", "web.rs"] {
        let path = root.join(part);
        if path.is_dir() {
            sources(&path, &mut found);
        } else {
            made_in(&fs::read_to_string(path).unwrap(), &mut found);
        }
    }
    let known: BTreeSet<String> = CODES.iter().map(|code| code.name.to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn the_list_of_codes_is_sorted_and_without_repeats() {
    let listed: Vec<(u16, &str)> = CODES.iter().map(|code| (code.status, code.name)).collect();
    assert!(listed.is_sorted() && listed.windows(2).all(|pair| pair[0] != pair[1]));
}
