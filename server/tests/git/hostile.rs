use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use boardcast::git::command::{Git, GitError};
use boardcast::git::repository::{RepositoryError, inspect};

use super::world::{Live, World};

/// A repository that tries to run `canary` in every way that git offers while it is looked at.
fn hostile() -> World {
    let world = World::with_origin();
    let canary = world.path("canary").to_string_lossy().into_owned();
    let trap = world.path("trap").to_string_lossy().into_owned();
    world.write("trap", &format!("#!/bin/sh\necho \"$0 $*\" >> {canary}\n"));
    for hook in ["post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout", "pre-auto-gc"] {
        world.write(&format!("here/.git/hooks/{hook}"), &format!("#!/bin/sh\necho {hook} >> {canary}\n"));
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(world.path(&format!("here/.git/hooks/{hook}")), permissions).unwrap();
    }
    std::fs::set_permissions(world.path("trap"), std::fs::Permissions::from_mode(0o755)).unwrap();
    world.write("here/.gitattributes", "* diff=evil\n");
    for (key, value) in [
        ("core.fsmonitor", &*trap),
        ("core.hooksPath", &world.path("here/.git/hooks").to_string_lossy()),
        ("core.sshCommand", &trap),
        ("core.gitProxy", &trap),
        ("core.pager", &trap),
        ("pager.status", &trap),
        ("pager.log", &trap),
        ("core.editor", &trap),
        ("core.askPass", &trap),
        ("core.alternateRefsCommand", &trap),
        ("diff.external", &trap),
        ("diff.evil.textconv", &trap),
        ("diff.evil.command", &trap),
        ("gpg.program", &trap),
        ("log.showSignature", "true"),
        ("commit.gpgSign", "true"),
        ("alias.status", &format!("!{trap}")),
        ("alias.log", &format!("!{trap}")),
        ("credential.helper", &format!("!{trap}")),
        ("protocol.ext.allow", "always"),
        ("remote.evil.url", &format!("ext::{trap}")),
        ("remote.evil.promisor", "true"),
        ("remote.evil.partialclonefilter", "blob:none"),
        ("extensions.partialClone", "evil"),
        ("core.repositoryFormatVersion", "1"),
    ] {
        world.git("here", &["config", key, value]);
    }
    world
}

#[tokio::test]
async fn nothing_that_a_repository_names_is_run() {
    let world = hostile();
    let tree = world.git("here", &["rev-parse", "HEAD^{tree}"]);
    let blob = world.git("here", &["rev-parse", "HEAD:first"]);
    inspect(&world.path("here").to_string_lossy()).await.unwrap();
    let mut live = Live::on(&world.path("here")).await;
    // Signed commits, a rename that can't be told without its contents, and those only with the promisor. All of it
    // made without running the traps: what runs them is us.
    for (subject, then) in [
        ("signed", "mv first second; echo more >> second; git \"$@\" add -A -- second"),
        ("again", &*format!("rm -f .git/objects/{}/{}; touch third", &blob[..2], &blob[2..])),
        ("last", "true"),
    ] {
        let who = "A <a@example.org> 1700000000 +0000";
        let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
        world.write("commit", &format!("tree {tree}\nauthor {who}\ncommitter {who}\n{signature}\n\n{subject}\n"));
        let script = format!(
            "set -- -c core.hooksPath=/dev/null -c core.fsmonitor=false
             made=$(git \"$@\" hash-object -t commit -w ../commit)
             git \"$@\" update-ref -m 'commit: {subject}' HEAD $made; {then}"
        );
        world.shell("here", &script);
        assert!(live.subjects_before(subject).await.is_empty());
        let made = std::fs::read_to_string(world.path("canary"));
        assert!(made.is_err(), "{subject}: {}", made.unwrap_or_default());
    }
}

/// The traps of the test above do snap for a git that isn't ours.
#[test]
fn the_traps_are_traps() {
    let world = hostile();
    world.write("here/first", "another");
    world.git("here", &["status"]);
    let made = std::fs::read_to_string(world.path("canary")).unwrap();
    assert!(made.contains("trap"), "{made}");
}

#[tokio::test]
async fn a_repository_that_defines_filters_is_refused() {
    for (name, script) in [
        ("in its configuration", "git config filter.evil.clean ../trap"),
        ("in capitals", "printf '[FILTER \"evil\"]\\n\\tPROCESS = ../trap\\n' >> .git/config"),
        (
            "in a file it includes",
            "printf '[filter \"evil\"]\\n\\tclean = ../trap\\n' > ../more; git config include.path ../../more",
        ),
        (
            "in a file included from there",
            "printf '[include]\\n\\tpath = more2\\n' > ../more; printf '[filter \"evil\"]\\n\\tclean = ../trap\\n' > ../more2; git config include.path ../../more",
        ),
        ("on a condition", "git config includeIf.onbranch:other.path ../../more"),
        (
            "for the worktree",
            "git config extensions.worktreeConfig true; git config --worktree filter.evil.smudge ../trap",
        ),
    ] {
        let world = World::with_repository();
        world.shell("here", script);
        let refused = inspect(&world.path("here").to_string_lossy()).await;
        assert!(matches!(refused, Err(RepositoryError::Unsafe(_))), "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn filters_that_come_later_are_not_run() {
    let world = World::with_repository();
    world.commit("here", "file");
    let mut live = Live::on(&world.path("here")).await;
    let canary = world.path("canary").to_string_lossy().into_owned();
    world.git("here", &["config", "filter.evil.clean", &format!("echo run >> {canary}; cat")]);
    world.write("here/.gitattributes", "* filter=evil\n");
    world.write("here/file", "FILE");
    // Commits are told all the same; nothing of this status is.
    world.shell("here", "git update-ref -m 'commit: x' HEAD $(git commit-tree -p HEAD -m meanwhile 'HEAD^{tree}')");
    live.subjects_before("meanwhile").await;
    assert!(!world.path("canary").exists());
    world.git("here", &["config", "--unset", "filter.evil.clean"]);
    live.status(|status| status.summary.modified == 1 && status.summary.untracked == 1).await;
    assert!(!world.path("canary").exists());
}

#[tokio::test]
async fn nothing_is_run_in_a_submodule() {
    let world = World::with_origin();
    world.git("here", &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../origin", "sub"]);
    world.git("here", &["commit", "-qm", "with a submodule"]);
    let canary = world.path("canary").to_string_lossy().into_owned();
    for key in ["core.fsmonitor", "filter.evil.clean"] {
        world.git("here/sub", &["config", key, &format!("echo run >> {canary}; cat")]);
    }
    world.write("here/.git/modules/sub/info/attributes", "* filter=evil\n");
    world.write("here/sub/first", "FIRST");
    let mut live = Live::on(&world.path("here")).await;
    world.write("here/sub/first", "other");
    world.write("here/seen", "");
    let status = live.status(|status| status.summary.untracked == 1).await;
    assert_eq!(status.files.len(), 1, "{status:?}");
    assert!(!world.path("canary").exists());
}

#[tokio::test]
async fn a_git_that_hangs_is_ended() {
    let world = World::with_repository();
    world.shell("here", "mkfifo .gitignore");
    let began = std::time::Instant::now();
    let hung = Git::at(&world.path("here")).arg("status").time_limit(Duration::from_millis(300)).run().await;
    assert!(matches!(hung, Err(GitError::TimedOut { .. })), "{hung:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn output_is_bounded() {
    let world = World::with_repository();
    let output = Git::at(&world.path("here")).args(["help", "-a"]).output_limit(10).run().await.unwrap();
    assert_eq!((output.stdout.len(), output.truncated), (10, true));
    let failed = Git::at(&world.path("here")).args(["rev-parse", "--verify", "none"]).run().await;
    assert!(matches!(failed, Err(GitError::Failed { code: Some(128), ref message, .. }) if !message.is_empty()));
}
