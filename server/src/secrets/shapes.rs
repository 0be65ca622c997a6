//! What a secret looks like.

use std::sync::LazyLock;

use regex::Regex;

/// One kind of token.
struct Shape {
    /// The whole token. Where only a part of a match is secret, that is a group.
    whole: &'static str,
    /// What a token that is still being written looks like, up to the text's end. What all of a kind begin with is no
    /// secret.
    begun: &'static str,
}

/// A token of letters, digits, `_`, `-` and `.` that is known by what it begins with.
macro_rules! prefixed {
    ($prefix:expr, $rest:expr, at least $least:literal) => {
        Shape { whole: concat!($prefix, "[", $rest, "]{", $least, ",}"), begun: concat!($prefix, "[", $rest, "]*") }
    };
}

const SHAPES: &[Shape] = &[
    // GitHub: classic ones have 36 characters, the newer ones of apps hundreds, with dots and hyphens.
    prefixed!("gh[pousr]_", r"0-9A-Za-z_.\-", at least 20),
    prefixed!("github_pat_", "0-9A-Za-z_", at least 20),
    // GitLab: personal, deploy, runner, trigger, job, feed, agent, OAuth and mail tokens.
    prefixed!("gl(?:pat|dt|rt|ptt|cbt|ft|agent|oas|imt|soat)-",
        r"0-9A-Za-z_.\-",
        at least 20
    ),
    // OpenAI, Anthropic and those that took over their form.
    prefixed!("(?-u:\\b)sk-", "0-9A-Za-z", at least 20),
    prefixed!("(?-u:\\b)sk-(?:proj|svcacct|admin|None|ant|or)-",
        r"0-9A-Za-z_\-",
        at least 16
    ),
    prefixed!("(?-u:\\b)(?:gsk_|xai-)", "0-9A-Za-z", at least 32),
    prefixed!("(?-u:\\b)hf_", "0-9A-Za-z", at least 30),
    // AWS: a key's id, and the key itself, which is known only by what stands before it.
    prefixed!("(?-u:\\b)(?:AKIA|ASIA)", "0-9A-Z", at least 16),
    Shape {
        whole: r#"(?i-u:secret_?(?:access_?)?key)["']?[ \t]*[:=][ \t]*["']?([0-9A-Za-z/+=]{40,})"#,
        begun: r#"(?i-u:secret_?(?:access_?)?key)["']?[ \t]*(?:[:=][ \t]*["']?([0-9A-Za-z/+=]*))?"#,
    },
    // Google: API keys, OAuth secrets and access tokens.
    prefixed!("AIza", r"0-9A-Za-z_\-", at least 30),
    prefixed!("GOCSPX-", r"0-9A-Za-z_\-", at least 20),
    prefixed!(r"(?-u:\b)ya29\.", r"0-9A-Za-z_.\-", at least 20),
    prefixed!("(?:xox[a-eoprs][-.]|xapp-)",
        r"0-9A-Za-z.\-",
        at least 10
    ),
    Shape {
        whole: "hooks\\.slack\\.com/services/([0-9A-Za-z/]{20,})",
        begun: "hooks\\.slack\\.com/services/([0-9A-Za-z/]*)",
    },
    prefixed!("(?-u:\\b)npm_", "0-9A-Za-z", at least 30),
    prefixed!("(?-u:\\b)pypi-", r"0-9A-Za-z_\-", at least 32),
    prefixed!("rubygems_", "0-9a-f", at least 32),
    prefixed!("dckr_pat_", r"0-9A-Za-z_\-", at least 20),
    prefixed!("(?-u:\\b)(?:[sr]k_(?:live|test)_|whsec_)",
        "0-9A-Za-z",
        at least 16
    ),
    prefixed!("do[opr]_v1_", "0-9a-f", at least 32),
    Shape { whole: r"(?-u:\b)SG\.[0-9A-Za-z_\-]{16,32}\.[0-9A-Za-z_\-]{16,}", begun: r"(?-u:\b)SG\.[0-9A-Za-z_.\-]*" },
    prefixed!(r"(?-u:\b)hv[sb]\.", r"0-9A-Za-z_\-", at least 24),
    prefixed!("AGE-SECRET-KEY-1", "0-9A-Z", at least 20),
    // JSON Web Tokens [RFC 7519]: the header and the claims are JSON objects in base64.
    Shape {
        whole: r"(?-u:\b)eyJ[0-9A-Za-z_\-]{8,}\.[0-9A-Za-z_\-]{8,}(?:\.[0-9A-Za-z_\-]*)*",
        begun: r"(?-u:\b)eyJ[0-9A-Za-z_.\-]*",
    },
    // Private keys [RFC 7468], also those whose end hasn't come.
    Shape {
        whole: "-----BEGIN [0-9A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [0-9A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\\z)",
        begun: "-----BEGIN [0-9A-Z ]*-{0,5}",
    },
    // Headers [RFC 9110 11.6.2].
    Shape {
        whole: r#"(?i-u:\bauthorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|token)|\bbearer)[ \t]+([0-9A-Za-z._~+/=\-]{16,})"#,
        begun: r#"(?i-u:\bauthorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|token)|\bbearer)[ \t]+([0-9A-Za-z._~+/=\-]*)"#,
    },
    Shape {
        whole: r#"(?i-u:\b(?:x-api-key|private-token))["']?[ \t]*[:=][ \t]*["']?([0-9A-Za-z._~+/=\-]{16,})"#,
        begun: r#"(?i-u:\b(?:x-api-key|private-token))["']?[ \t]*[:=][ \t]*["']?([0-9A-Za-z._~+/=\-]*)"#,
    },
    // Who calls, in a URL [RFC 3986 3.2.1]: with a password, or a token in the place of a name.
    Shape {
        whole: r#"://([^ \t\r\n/'"<>@:]*:[^ \t\r\n/'"<>]+|[0-9A-Za-z_.\-]{20,})@"#,
        begun: r#"://([^ \t\r\n/'"<>]*)"#,
    },
];

/// All shapes as one pattern; the groups of a match, if it has any, are what is secret of it.
pub(super) static WHOLE: LazyLock<Regex> =
    LazyLock::new(|| compiled(&SHAPES.iter().map(|shape| shape.whole).collect::<Vec<_>>().join("|")));

/// A token that a text ends in the middle of.
pub(super) static BEGUN: LazyLock<Regex> = LazyLock::new(|| {
    let begun: Vec<_> = SHAPES.iter().map(|shape| shape.begun).collect();
    compiled(&format!("(?:{})\\z", begun.join("|")))
});

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the table's patterns are right: a test compiles them")
}

/// The longest end of `text` that `word` begins with, in bytes, short of the whole of it.
pub(super) fn overlap(text: &[u8], word: &[u8]) -> usize {
    let most = text.len().min(word.len().saturating_sub(1));
    (1..=most).rev().find(|&n| text[text.len() - n..] == word[..n]).unwrap_or(0)
}
