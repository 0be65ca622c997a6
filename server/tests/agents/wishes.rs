//! What a profile wishes of an agent: asked for as the agent offers it, told when it doesn't.

use boardcast::agents::{Launch, Told, TurnEnd, Wishes};
use boardcast_shared::LogLevel::{self, Info, Warn};
use boardcast_shared::{ConversationItem, PermissionPolicy};

use super::harness::{Scene, items, lines};

const INITIALIZED: &str = r#"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'"#;

fn wishes(model: Option<&str>, mode: Option<&str>) -> Wishes {
    Wishes { model: model.map(str::to_owned), mode: mode.map(str::to_owned), ..Wishes::default() }
}

/// An agent whose new session offers this, and that then answers each request as told. It shows what it is asked.
fn offering(scene: &Scene, offers: &str, answers: &[&str]) -> Launch {
    let answers: Vec<String> = (3..)
        .zip(answers)
        .map(|(id, answer)| format!(r#"hear; echo "$line" >&2; say '{{"jsonrpc":"2.0","id":{id},{answer}}}'"#))
        .collect();
    let opened = format!(r#"hear; say '{{"jsonrpc":"2.0","id":2,"result":{{"sessionId":"s-1",{offers}}}}}'"#);
    let prompt = 3 + answers.len();
    let end = format!(r#"hear; say '{{"jsonrpc":"2.0","id":{prompt},"result":{{"stopReason":"end_turn"}}}}'; hear"#);
    scene.acp(&format!("{INITIALIZED}\n{opened}\n{}\n{end}", answers.join("\n")))
}

async fn played(scene: &Scene, launch: Launch, wishes: Wishes) -> Vec<Told> {
    let (end, told) = scene.play(Launch { wishes, ..launch }, "x").await;
    assert_eq!(end, TurnEnd::Succeeded, "{told:?}");
    told
}

/// The lines, without the requests that the agent shows; those apart, as method and value.
fn told_and_asked(told: &[Told]) -> (Vec<(LogLevel, &str)>, Vec<String>) {
    let (asked, told): (Vec<_>, Vec<_>) = lines(told).into_iter().partition(|(_, line)| line.starts_with('{'));
    let asked = asked.into_iter().map(|(_, line)| {
        let request: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(request["params"]["sessionId"], "s-1");
        let mut params = request["params"].as_object().expect("params").clone();
        params.remove("sessionId");
        format!("{} {}", request["method"].as_str().expect("a method"), serde_json::Value::from(params))
    });
    (told, asked.collect())
}

#[tokio::test]
async fn model_and_mode_are_chosen_among_the_config_options() {
    let scene = Scene::new();
    let offers = r#""configOptions":[
        {"id":"how","name":"How","category":"mode","type":"select","currentValue":"ask","options":[{"value":"ask","name":"Ask"}]},
        {"id":"model","name":"Model","type":"select","currentValue":"small","options":[
            {"group":"g","name":"All","options":[{"value":"small","name":"Small"},{"value":"large-1","name":"Large"}]}]}],
        "modes":{"currentModeId":"other","availableModes":[]}"#
        .replace('\n', "");
    // The larger model has another mode.
    let larger = r#""result":{"configOptions":[{"id":"how","category":"mode","type":"select","currentValue":"ask","options":[{"value":"ask","name":"Ask"},{"value":"plan","name":"Plan"}]}]}"#;
    let launch = offering(&scene, &offers, &[larger, r#""result":{"configOptions":[]}"#]);
    let told = played(&scene, launch, wishes(Some("large"), Some("plan"))).await;
    let (told, asked) = told_and_asked(&told);
    assert_eq!(
        asked,
        [
            r#"session/set_config_option {"configId":"model","value":"large-1"}"#,
            r#"session/set_config_option {"configId":"how","value":"plan"}"#,
        ]
    );
    assert_eq!(
        told,
        [(Info, "The model is large-1, as the profile wishes"), (Info, "The mode is plan, as the profile wishes")]
    );
}

#[tokio::test]
async fn model_and_mode_are_chosen_in_the_older_way_too_and_what_is_so_already_is_not_asked_for() {
    let offers = r#""modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask"},{"id":"plan","name":"Plan"}]},
        "models":{"currentModelId":"small","availableModels":[{"modelId":"small","name":"Small"},{"modelId":"large","name":"Large"}]}"#
        .replace('\n', "");
    let scene = Scene::new();
    let launch = offering(&scene, &offers, &[r#""result":{}"#, r#""result":null"#]);
    let told = played(&scene, launch, wishes(Some("large"), Some("plan"))).await;
    assert_eq!(
        told_and_asked(&told).1,
        [r#"session/set_model {"modelId":"large"}"#, r#"session/set_mode {"modeId":"plan"}"#]
    );
    let scene = Scene::new();
    let told = played(&scene, offering(&scene, &offers, &[]), wishes(Some("small"), Some("ask"))).await;
    assert_eq!(told_and_asked(&told), (vec![], vec![]));
}

#[tokio::test]
async fn a_wish_that_is_not_offered_or_refused_is_told_and_the_turn_goes_on() {
    let modes =
        r#""modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask"},{"id":"code","name":"Code"}]}"#;
    let scene = Scene::new();
    let told = played(&scene, offering(&scene, modes, &[]), wishes(Some("large"), Some("plan"))).await;
    assert_eq!(
        lines(&told),
        [
            (Warn, "The profile's model large is left out: the agent offers no choice of it"),
            (Warn, "The profile's mode plan is left out: the agent offers ask, code"),
        ]
    );
    let scene = Scene::new();
    let refusal = r#""error":{"code":-32603,"message":"not today"}"#;
    let told = played(&scene, offering(&scene, modes, &[refusal]), wishes(None, Some("code"))).await;
    let (told, _) = told_and_asked(&told);
    assert_eq!(told, [(Warn, "The profile's mode is left out: it refused session/set_mode: not today")]);

    let scene = Scene::new();
    let told = played(&scene, scene.command("true"), wishes(Some("large"), None)).await;
    assert_eq!(lines(&told), [(Warn, "The profile's model large is left out: a plain command offers no choice of it")]);
}

/// An agent that announces a tool call of that kind and then asks for it.
fn asking(scene: &Scene, kind: &str, options: &str) -> Launch {
    let call = format!(
        r#"say '{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s-1","update":{{"sessionUpdate":"tool_call","toolCallId":"t","title":"Look around","kind":"{kind}"}}}}}}'"#
    );
    let ask = format!(
        r#"say '{{"jsonrpc":"2.0","id":7,"method":"session/request_permission","params":{{"sessionId":"s-1","toolCall":{{"toolCallId":"t","title":"Look around"}},"options":[{options}]}}}}'"#
    );
    let end = r#"hear; echo "$line" >&2; say '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'; hear"#;
    scene.prompted(&format!("{call}\n{ask}\n{end}"))
}

const OPTIONS: &str = r#"{"optionId":"always","name":"Always","kind":"allow_always"},{"optionId":"once","name":"Once","kind":"allow_once"},{"optionId":"no","name":"No","kind":"reject_once"}"#;

#[tokio::test]
async fn what_the_profile_allows_is_allowed_at_once_and_told() {
    for (policy, kind, allowed) in [
        (PermissionPolicy::AllowAll, "execute", Some("allow-all")),
        (PermissionPolicy::AllowAll, "other", Some("allow-all")),
        (PermissionPolicy::AllowReads, "read", Some("allow-reads")),
        (PermissionPolicy::AllowReads, "search", Some("allow-reads")),
        (PermissionPolicy::AllowReads, "edit", None),
        (PermissionPolicy::AllowReads, "fetch", None),
        (PermissionPolicy::Ask, "read", None),
    ] {
        let scene = Scene::new();
        let wishes = Wishes { permission_policy: policy, ..Wishes::default() };
        let launch = Launch { wishes, ..asking(&scene, kind, OPTIONS) };
        let mut running = scene.start(launch).await.expect("it starts");
        let turn = running.begin("x");
        if allowed.is_none() {
            running.hearing.until(|told| *told == Told::NeedsInput(true)).await;
            let request = request(&running.hearing.all).0;
            assert_eq!(running.answer(&request, "no").await, Ok(()));
        }
        assert_eq!(running.finish(turn).await, TurnEnd::Succeeded);
        let told = &running.hearing.all;
        let (_, outcome) = request(told);
        assert_eq!(outcome.as_deref(), Some(if allowed.is_some() { "once" } else { "no" }), "{policy:?} {kind}");
        assert_eq!(told.contains(&Told::NeedsInput(true)), allowed.is_none());
        let line = allowed.map(|policy| format!("Allowed by the profile ({policy}): Look around"));
        let said = lines(told).into_iter().find(|(_, line)| line.starts_with("Allowed"));
        assert_eq!(said, line.as_deref().map(|line| (Info, line)), "{policy:?} {kind}");
    }
}

#[tokio::test]
async fn a_question_without_an_option_that_allows_is_asked_whatever_the_profile_says() {
    let scene = Scene::new();
    let wishes = Wishes { permission_policy: PermissionPolicy::AllowAll, ..Wishes::default() };
    let options =
        r#"{"optionId":"a","name":"This way","kind":"reject_once"},{"optionId":"b","name":"That way","kind":"odd"}"#;
    let launch = Launch { wishes, ..asking(&scene, "execute", options) };
    let mut running = scene.start(launch).await.expect("it starts");
    let turn = running.begin("x");
    running.hearing.until(|told| *told == Told::NeedsInput(true)).await;
    let (request, outcome) = request(&running.hearing.all);
    assert_eq!(outcome, None);
    assert_eq!(running.answer(&request, "b").await, Ok(()));
    assert_eq!(running.finish(turn).await, TurnEnd::Succeeded);
}

fn request(told: &[Told]) -> (String, Option<String>) {
    let asked = items(told).into_iter().find_map(|item| match item {
        ConversationItem::Permission { request, .. } => Some((request.request_id.clone(), request.outcome.clone())),
        _ => None,
    });
    asked.expect("a question")
}
