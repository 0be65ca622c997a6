use boardcast::agents::{Ask, TurnEnd};
use boardcast_shared::LogLevel::{Info, Warn};

use super::harness::{Scene, lines};

#[tokio::test]
async fn the_prompt_is_its_input_and_its_lines_are_the_log() {
    let scene = Scene::new();
    let script = "cat; echo; pwd; printf 'half a line'; printf 'a warning\\nhalf a warning' >&2";
    let (end, told) = scene.play(scene.command(script), "first\nsecond").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let cwd = scene.dir.path().canonicalize().expect("a folder");
    let of = |wanted| lines(&told).into_iter().filter(move |(level, _)| *level == wanted).map(|(_, message)| message);
    assert_eq!(of(Info).collect::<Vec<_>>(), ["first", "second", cwd.to_str().expect("UTF-8"), "half a line"]);
    assert_eq!(of(Warn).collect::<Vec<_>>(), ["a warning", "half a warning"]);
}

#[tokio::test]
async fn how_it_exits_is_how_the_turn_ends() {
    for (script, expected) in [
        ("exit 0", TurnEnd::Succeeded),
        ("exit 3", TurnEnd::Failed("the command exited with code 3".into())),
        ("kill -9 $$", TurnEnd::Failed("the command was ended by signal 9 (SIGKILL)".into())),
        ("exec 0<&- 1>&- 2>&-; exit 4", TurnEnd::Failed("the command exited with code 4".into())),
    ] {
        let scene = Scene::new();
        // A prompt that nobody reads, and that no pipe holds.
        assert_eq!(scene.play(scene.command(script), &"x".repeat(1 << 20)).await.0, expected, "{script}");
    }
}

#[tokio::test]
async fn it_takes_one_turn_only() {
    let scene = Scene::new();
    let mut running = scene.start(scene.command("cat >/dev/null")).await.expect("it starts");
    assert!(running.agent().can_go_on());
    assert_eq!(running.turn("x").await, TurnEnd::Succeeded);
    assert!(!running.agent().can_go_on());
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let scene = Scene::new();
    let mut launch = scene.command("true");
    launch.program.command = "no-such-program".into();
    assert!(scene.start(launch).await.is_err_and(|error| error.starts_with("no-such-program can't be started: ")));
    let mut launch = scene.command("true");
    launch.cwd = scene.dir.path().join("gone");
    assert!(scene.start(launch).await.is_err_and(|error| error.starts_with("there is no folder ")));
    let mut launch = scene.command("true");
    launch.program.env.push(("A=B".into(), "x".into()));
    assert!(scene.start(launch).await.is_err_and(|error| error.contains("\"A=B\"")));
}

#[tokio::test]
async fn its_environment_is_exactly_what_it_may_see() {
    let scene = Scene::new();
    let mut launch = scene.command("/usr/bin/env");
    launch.program.env = vec![("GIVEN".into(), "by the program\nin two lines".into()), ("TERM".into(), "own".into())];
    launch.program.env.push(("BOARDCAST_ATTEMPT_ID".into(), "forged".into()));
    let (_, told) = scene.play(launch, "").await;
    let text = lines(&told).into_iter().map(|(_, message)| message).collect::<Vec<_>>().join("\n");
    assert!(text.contains("GIVEN=by the program\nin two lines"), "{text}");
    assert!(text.contains("TERM=own"), "{text}");
    assert!(text.contains(&format!("BOARDCAST_ATTEMPT_ID={}", scene.attempt)), "{text}");
    let names = text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    // PWD, OLDPWD, SHLVL and _ are the shell's own.
    let own = ["PWD", "OLDPWD", "SHLVL", "_", "GIVEN", "TERM", "BOARDCAST_ATTEMPT_ID"];
    let may_see =
        |name: &str| ["PATH", "HOME", "LANG", "TMPDIR", "USER", "SHELL"].contains(&name) || name.starts_with("LC_");
    for name in names.filter(|name| !own.contains(name)) {
        assert!(may_see(name), "{name} is the server's own");
    }
    let withheld = std::env::vars().filter(|(name, _)| !own.contains(&name.as_str()) && !may_see(name)).count();
    assert!(withheld > 0, "nothing was there to be withheld: this test holds nothing");
}

#[tokio::test]
async fn a_line_of_100_mb_is_cut_and_marked_and_the_next_one_is_whole() {
    let scene = Scene::new();
    let (end, told) = scene.play(scene.command("head -c 100000000 /dev/zero | tr '\\0' x; echo; echo next"), "").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let lines = lines(&told);
    assert_eq!(lines.len(), 2);
    let cut = lines[0].1;
    assert!(cut.len() <= 64 << 10 && cut.ends_with(" bytes cut]"), "{} {}", cut.len(), &cut[cut.len() - 40..]);
    assert_eq!(lines[1].1, "next");
}

#[tokio::test]
async fn what_is_not_text_is_replaced() {
    let scene = Scene::new();
    let (_, told) = scene.play(scene.command("printf 'a\\377b\\0c\\r\\n'"), "").await;
    assert_eq!(lines(&told), [(Info, "a\u{fffd}b\0c")]);
}

#[tokio::test]
async fn a_flood_is_told_whole_and_in_order() {
    let scene = Scene::new();
    let script = "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done";
    let (end, told) = scene.play(scene.command(script), "").await;
    assert_eq!(end, TurnEnd::Succeeded);
    let expected: Vec<String> = (0..20000).map(|n| n.to_string()).collect();
    assert_eq!(lines(&told).into_iter().map(|(_, message)| message).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_stop_is_heard_while_nobody_takes_what_is_told() {
    let scene = Scene::new();
    let mut running = scene.start(scene.command("yes")).await.expect("it starts");
    let turn = running.begin("");
    running.hearing.until_line("y").await;
    running.ask(Ask::Stop).await;
    // Nothing is taken until all of it is gone.
    while scene.is_alive() {
        tokio::task::yield_now().await;
    }
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
}

#[tokio::test]
async fn it_stops_by_itself_when_nobody_listens_any_more() {
    let scene = Scene::new();
    let mut running = scene.start(scene.command("yes")).await.expect("it starts");
    let turn = running.begin("");
    running.hearing.until_line("y").await;
    running.hearing.close();
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
}
