use super::*;

/// Not secrets: each is put together here, so that nobody who looks through the source takes one for real.
fn tokens() -> Vec<(&'static str, String, &'static str)> {
    let letters = |n: usize| "aB3dE5gH7jK9mN1pQ2sT4vW6xY8z".chars().cycle().take(n).collect::<String>();
    let upper = |n: usize| "A2C4E6G8J1L3N5P7".chars().cycle().take(n).collect::<String>();
    let hex = |n: usize| "0a1b2c3d4e5f6789".chars().cycle().take(n).collect::<String>();
    vec![
        ("classic GitHub", "", format!("ghp_{}", letters(36))),
        ("GitHub OAuth", "", format!("gho_{}", letters(36))),
        ("GitHub app", "", format!("ghs_12345_eyJ{}.{}.{}", letters(60), letters(300), letters(86))),
        ("fine-grained GitHub", "", format!("github_pat_{}_{}", letters(22), letters(59))),
        ("GitLab", "", format!("glpat-{}", letters(20))),
        ("GitLab routable", "", format!("glpat-{}.01.{}", letters(27), letters(9))),
        ("OpenAI", "", format!("sk-{}", letters(48))),
        ("OpenAI project", "", format!("sk-proj-{}-{}_x", letters(74), letters(74))),
        ("Anthropic", "", format!("sk-ant-api03-{}-AA", letters(93))),
        ("AWS id", "", format!("AKIA{}", upper(16))),
        ("AWS key", "aws_secret_access_key = ", letters(40)),
        ("AWS key in JSON", "\"SecretAccessKey\": \"", letters(40)),
        ("Google", "", format!("AIza{}", letters(35))),
        ("Slack", "", format!("xoxb-{}-{}-{}", "123456789012", "1234567890123", letters(24))),
        ("npm", "", format!("npm_{}", letters(36))),
        ("PyPI", "", format!("pypi-AgEIcHlwaS5vcmc{}", letters(120))),
        ("Stripe", "", format!("sk_live_{}", letters(24))),
        ("Hugging Face", "", format!("hf_{}", letters(34))),
        ("SendGrid", "", format!("SG.{}.{}", letters(22), letters(43))),
        ("DigitalOcean", "", format!("dop_v1_{}", hex(64))),
        ("JWT", "", format!("eyJ{}.eyJ{}.{}", letters(33), letters(60), letters(43))),
        ("key", "", format!("-----BEGIN RSA {}-----\n{}\n-----END RSA {0}-----", "PRIVATE KEY", letters(64))),
        ("bearer", "Authorization: Bearer ", letters(40)),
        ("basic", "authorization: Basic ", letters(24)),
        ("URL", "https://", format!("me:{}", letters(12))),
    ]
    .into_iter()
    .map(|(name, before, token)| (name, token, before))
    .collect()
}

/// What follows a token in the tests' texts; of a URL's user that is part of the shape.
fn after(name: &str) -> &'static str {
    if name == "URL" { "@host/r.git and more" } else { "\" and more" }
}

#[test]
fn tokens_of_every_shape_are_replaced_and_nothing_else() {
    for (name, token, before) in tokens() {
        let text = format!("the {name} is {before}{token}{}", after(name));
        assert_eq!(redact(&text), format!("the {name} is {before}{MARK}{}", after(name)));
        assert!(has_secret(&text), "{name}");
        assert_eq!(redacted(redacted(text.clone())), redacted(text), "{name}, twice");
    }
}

#[test]
fn a_token_cut_anywhere_is_never_told_in_part() {
    for (name, token, before) in tokens() {
        for at in 0..=token.len() {
            let told = settled(&format!("so: {before}{}", &token[..at])).into_owned();
            let rest = told.strip_prefix("so: ").unwrap_or_else(|| panic!("{name}, {at}: {told:?}"));
            let seen = rest.trim_end_matches(MARK);
            let begun = seen.strip_prefix(before).unwrap_or_default();
            assert!(
                before.starts_with(seen) || PUBLIC.iter().any(|all| all.starts_with(begun)),
                "{name}, {at}: {told:?}"
            );
        }
    }
}

/// What tokens begin with before they can be told from other words: no secret.
const PUBLIC: [&str; 17] = [
    "ghp",
    "gho",
    "ghs",
    "github_pat",
    "glpat",
    "sk",
    "AKI",
    "AIz",
    "ey",
    "xoxb",
    "npm",
    "pypi",
    "sk_live",
    "hf",
    "SG",
    "dop_v1",
    concat!("-----BEGIN RSA ", "PRIVATE KEY-----"),
];

#[test]
fn plain_text_stays_and_does_not_wait() {
    for text in [
        "",
        "Let me look at the file.",
        "task-management-and-a-very-long-identifier-with-hyphens",
        "sk-learn-pipeline-refactoring is no key",
        "see https://example.org/a:b@c and ssh://git@github.com/o/r.git",
        "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
        "bearer of good news, basic understanding",
        "ghp_short, AKIAfoo, eyJ alone",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "日本語のテキスト。",
    ] {
        assert_eq!(redact(text), text);
        assert_eq!(settled(&format!("{text} ")), format!("{text} "));
    }
    for text in ["Let me look at the file.", "日本語のテキスト。", "a: b, c"] {
        assert_eq!(settled(text), text);
    }
}

#[test]
fn what_is_known_to_be_secret_is_found_in_every_form() {
    learn("tr\"ee hüt 9/1");
    learn_env("MY_PASSWORD", "h0r5e5!");
    learn_env("SHORT", "one");
    learn_env("SOME_DIR", "/usr/share/known-tests");
    learn_url("https://me:battery%21@example.org/r.git");
    assert_eq!(redact("a tr\"ee hüt 9/1 b"), format!("a {MARK} b"));
    assert_eq!(redact(r#"{"a":"tr\"ee hüt 9/1"}"#), format!(r#"{{"a":"{MARK}"}}"#));
    assert_eq!(redact("?q=tr%22ee+h%C3%BCt+9%2F1"), format!("?q={MARK}"));
    // A mark is never longer than what it stands for.
    assert_eq!(redact("h0r5e5! battery%21"), "******* [redacted]");
    assert_eq!(redact("one in /usr/share/known-tests"), "one in /usr/share/known-tests");
    for at in 1.."tr\"ee hüt 9/1".len() {
        let text =
            format!("so {}", String::from_utf8_lossy(&"tr\"ee hüt 9/1".as_bytes()[..at]).trim_end_matches('\u{fffd}'));
        assert_eq!(settled(&text), "so ", "{at}");
    }
}

#[test]
fn long_values_and_many_of_them_are_still_found() {
    let long = |n: usize| format!("{n:04}{}", "long~value~".repeat(6_000));
    (0..200).for_each(|n| learn(&long(n)));
    learn("first line of two lines\nand the second one");
    for n in [0, 199] {
        assert_eq!(redact(&format!("a {} b", long(n))), format!("a {MARK} b"), "{n}");
    }
    assert_eq!(redact("it: and the second one"), format!("it: {MARK}"));
}

#[test]
fn bytes_that_are_no_text_stay() {
    let (_, token, _) = tokens().swap_remove(0);
    let bytes = [b"\xff ", token.as_bytes(), b"\xfe"].concat();
    assert_eq!(redacted_bytes(bytes), [b"\xff ", MARK.as_bytes(), b"\xfe"].concat());
    assert_eq!(redacted_bytes(b"\xff\0".to_vec()), b"\xff\0");
}

#[test]
fn a_key_that_comes_line_by_line_is_not_told() {
    let mut lines = KeyLines::default();
    let mut told = |line: &str| redacted(lines.line(line.to_owned()));
    let name = "PRIVATE KEY";
    assert_eq!(told(&format!("-----BEGIN EC {name}-----")), MARK);
    assert_eq!(told("Proc-Type: 4,ENCRYPTED"), MARK);
    assert_eq!(told(""), "");
    assert_eq!(told("MHcCAQEEIB0a/b+c=="), MARK);
    assert_eq!(told(&format!("-----END EC {name}-----")), format!("-----END EC {name}-----"));
    assert_eq!(told("done"), "done");
    assert_eq!(told(&format!("-----BEGIN {name}-----")), MARK);
    assert_eq!(told("error: no such file!"), MARK);
    assert_eq!(told("so it goes on"), "so it goes on");
}

#[test]
fn documents_are_redacted_throughout() {
    let (_, token, _) = tokens().swap_remove(0);
    let mut document = serde_json::json!({ "a": [{ "b": format!("x {token}") }, 1, null], "c": "plain" });
    redact_all(&mut document);
    assert_eq!(document, serde_json::json!({ "a": [{ "b": format!("x {MARK}") }, 1, null], "c": "plain" }));
}

#[test]
fn a_text_within_its_bounds_stays_there_and_large_ones_are_quick() {
    let (_, token, _) = tokens().swap_remove(0);
    let text = format!("{token} ").repeat(5_000);
    let begun = std::time::Instant::now();
    assert!(redact(&text).len() < text.len());
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
