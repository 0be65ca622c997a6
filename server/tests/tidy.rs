//! Which part of the server may know of which: read from the sources, so that a wrong `use` fails here.

use std::fs;
use std::path::{Path, PathBuf};

/// The files under `parts` (none: all) but those under `except` mention none of `words`.
struct Rule {
    parts: &'static [&'static str],
    except: &'static [&'static str],
    words: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        parts: &["domain/"],
        except: &[],
        words: &["crate::store", "crate::api", "crate::sse", "crate::http", "axum", "hyper", "rusqlite", "tokio"],
    },
    Rule { parts: &["events/"], except: &[], words: &["sse", "crate::api", "axum", "hyper"] },
    Rule { parts: &["store/"], except: &[], words: &["crate::api", "crate::sse", "crate::http", "axum", "hyper"] },
    Rule { parts: &["git/"], except: &[], words: &["crate::api", "crate::sse", "crate::http", "axum", "hyper"] },
    Rule {
        parts: &["agents/"],
        except: &[],
        words: &["crate::store", "crate::domain", "crate::api", "crate::sse", "crate::http", "axum", "hyper"],
    },
    Rule { parts: &["attempts/"], except: &[], words: &["crate::api", "crate::sse", "crate::http", "axum", "hyper"] },
    Rule {
        parts: &["github/"],
        except: &[],
        words: &["crate::store", "crate::api", "crate::sse", "crate::http", "axum"],
    },
    Rule { parts: &["pulls.rs"], except: &[], words: &["crate::api", "crate::sse", "crate::http", "axum", "hyper"] },
    Rule { parts: &[], except: &["store/"], words: &["rusqlite"] },
    Rule {
        parts: &[],
        except: &[
            "sse/",
            "api/",
            "http/",
            "web.rs",
            "access/",
            "client/",
            "github/",
            "outgoing.rs",
            "run.rs",
            "state.rs",
            "traces.rs",
            "cli/",
            "demo.rs",
            "demo/",
        ],
        words: &["axum", "hyper"],
    },
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether `code` names `word` itself, not a longer word with it inside.
fn mentions(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part))
}

#[test]
fn every_part_knows_only_what_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let files: Vec<(String, String)> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below the root").to_str().expect("UTF-8").to_owned();
            let text = fs::read_to_string(path).expect("a source file");
            // Prose may name anything.
            (name, text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n"))
        })
        .collect();
    let mut wrong = Vec::new();
    for rule in RULES {
        for part in rule.parts.iter().chain(rule.except) {
            assert!(files.iter().any(|(name, _)| name.starts_with(part)), "{part} is gone: the rule holds nothing");
        }
        let is_in = |name: &str, parts: &[&str]| parts.iter().any(|part| name.starts_with(part));
        for (name, code) in &files {
            if (rule.parts.is_empty() || is_in(name, rule.parts)) && !is_in(name, rule.except) {
                let words = rule.words.iter().filter(|word| mentions(code, word));
                wrong.extend(words.map(|word| format!("{name} mentions {word}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
