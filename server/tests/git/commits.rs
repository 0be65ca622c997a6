use boardcast::git::watch::Fact;

use super::world::{Live, World};

/// A repository with branches to work with: `main` (base, m1), `side` (base, s1, s2), `other` (base, o1), and a clone
/// `there` by which commits come from elsewhere.
fn prepared() -> World {
    let world = World::with_repository();
    world.commit("here", "base");
    for (branch, subjects) in [("side", &["s1", "s2"][..]), ("other", &["o1"])] {
        world.git("here", &["switch", "-q", "-c", branch, "main"]);
        for subject in subjects {
            world.commit("here", subject);
        }
    }
    world.git("here", &["switch", "-q", "main"]);
    world.commit("here", "m1");
    world.git(".", &["clone", "-q", "--bare", "here", "origin"]);
    world.git("here", &["remote", "add", "origin", "../origin"]);
    world.git("here", &["fetch", "-q", "origin"]);
    world.git("here", &["branch", "-q", "--set-upstream-to=origin/main"]);
    world.git(".", &["clone", "-q", "origin", "there"]);
    world
}

/// What a script in the repository makes us tell: exactly the commits of these subjects. A commit made afterwards
/// shows that nothing else comes.
async fn check(name: &str, script: &str, expected: &[&str]) {
    let world = prepared();
    let mut live = Live::on(&world.path("here")).await;
    world.shell("here", script);
    world.shell("here", "git commit -q --allow-empty -m marker");
    assert_eq!(live.subjects_before("marker").await, expected, "{name}");
}

macro_rules! ways {
    ($($name:ident: $script:expr => $expected:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                check(stringify!($name), $script, &$expected).await;
            }
        )*
    };
}

ways! {
    a_commit_is_told: "echo a > a; git add a; git commit -qm one; git commit -qm two --allow-empty" => ["one", "two"];
    a_commit_named_like_a_move_is_told: "git commit -qm 'x: Fast-forward' --allow-empty" => ["x: Fast-forward"];
    an_amended_commit_is_told: "git commit -q --amend -m amended" => ["amended"];
    a_commit_on_a_detached_head_is_told: "git switch -q --detach; git commit -qm loose --allow-empty" => ["loose"];
    a_first_commit_of_a_new_history_is_told:
        "git switch -q --orphan new; git commit -qm root --allow-empty" => ["root"];
    a_merge_commit_is_told: "git merge -q --no-edit side" => ["Merge branch 'side'"];
    a_merge_without_fast_forward_is_told:
        "git switch -q -c up side; git merge -q --no-ff -m merged other; git switch -q side; git merge -q --no-ff -m again up"
        => ["merged", "again"];
    a_merge_of_ours_is_told: "git merge -q -s ours -m ours side" => ["ours"];
    an_octopus_is_told: "git merge -q -m eight side other" => ["eight"];
    a_merge_with_a_conflict_is_told_when_it_is_committed:
        "git switch -q -c c side; echo x > m1; git add m1; git commit -qm c1; git switch -q main
         ! git merge -q c; echo y > m1; git add m1; git merge --continue"
        => ["c1", "Merge branch 'c'"];
    a_fast_forward_is_not_told: "git switch -q -c up main~1; git merge -q side; git merge -q --ff-only side" => [];
    a_squashed_merge_is_told_when_it_is_committed: "git merge -q --squash side; git commit -qm squashed" => ["squashed"];
    a_cherry_pick_is_told: "git cherry-pick side~1 side" => ["s1", "s2"];
    a_cherry_pick_with_a_conflict_is_told:
        "git switch -q -c c side; echo x > m1; git add m1; git commit -qm c1; git switch -q main
         ! git cherry-pick c; echo y > m1; git add m1; git cherry-pick --continue"
        => ["c1", "c1"];
    a_cherry_pick_that_fast_forwards_is_not_told: "git switch -q -c up main~1; git cherry-pick --ff side~1" => [];
    a_cherry_pick_without_commit_is_told_when_it_is_committed:
        "git cherry-pick -n side; git commit -qm taken" => ["taken"];
    a_revert_is_told: "git revert --no-edit HEAD" => ["Revert \"m1\""];
    an_applied_mail_is_told: "git format-patch -q -2 --stdout side > ../p; git am -q ../p" => ["s1", "s2"];
    each_step_of_a_rebase_is_told: "git switch -q side; git rebase -q main" => ["s1", "s2"];
    each_step_of_a_rebase_by_patches_is_told: "git switch -q side; git rebase -q --apply main" => ["s1", "s2"];
    a_rebase_that_has_nothing_to_do_is_not_told: "git switch -q side; git rebase -q main~1" => [];
    a_rebase_that_only_brings_forward_is_not_told: "git switch -q -c late main~1; git rebase -q main" => [];
    a_rebase_with_a_conflict_is_told:
        "git switch -q -c c side; echo x > m1; git add m1; git commit -qm c1
         ! git rebase -q main; echo y > m1; git add m1; git rebase --continue"
        => ["c1", "s1", "s2", "c1"];
    an_aborted_rebase_tells_only_its_steps:
        "git switch -q -c c side; echo x > m1; git add m1; git commit -qm c1
         ! git rebase -q main; git rebase --abort"
        => ["c1", "s1", "s2"];
    a_squash_in_a_rebase_is_told:
        "git switch -q side; GIT_SEQUENCE_EDITOR='sed -i 2s/pick/squash/' git rebase -q -i main"
        => ["s1", "s1"];
    a_fixup_in_a_rebase_is_told:
        "git switch -q side; GIT_SEQUENCE_EDITOR='sed -i 2s/pick/fixup/' git rebase -q -i HEAD~2" => ["s1"];
    an_autosquash_is_told:
        "git switch -q side; echo x > s1; git commit -qa --fixup HEAD~1
         GIT_SEQUENCE_EDITOR=true git rebase -q -i --autosquash HEAD~3"
        => ["fixup! s1", "s1", "s2"];
    a_rewording_is_told:
        "git switch -q side; GIT_SEQUENCE_EDITOR='sed -i 1s/pick/reword/' GIT_EDITOR='sed -i 1s/^/X/' git rebase -q -i HEAD~2"
        => ["Xs1", "s2"];
    an_edit_in_a_rebase_is_told:
        "git switch -q side; GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' git rebase -q -i HEAD~2
         git commit -q --amend -m edited; git rebase --continue"
        => ["edited", "s2"];
    a_rebase_that_keeps_merges_is_told:
        "git switch -q -c top side; git merge -q -m merged other; git rebase -q -r main"
        => ["merged", "o1", "s1", "s2", "merged"];
    a_pull_that_fast_forwards_is_not_told:
        "(cd ../there; git commit -qm far --allow-empty; git push -q); git pull -q" => [];
    a_pull_that_merges_is_told:
        "(cd ../there; git commit -qm far --allow-empty; git push -q)
         git commit -qm near --allow-empty; git pull -q --no-rebase --no-edit"
        => ["near", "Merge branch 'main' of ../origin"];
    each_step_of_a_pull_that_rebases_is_told:
        "(cd ../there; git commit -qm far --allow-empty; git push -q)
         echo n > near; git add near; git commit -qm near; git pull -q --rebase; git pull -q --rebase origin main"
        => ["near", "near"];
    a_pull_that_rebases_nothing_is_not_told:
        "(cd ../there; git commit -qm far --allow-empty; git push -q); git pull -q --rebase" => [];
    a_fetch_is_not_told: "(cd ../there; git commit -qm far --allow-empty; git push -q); git fetch -q" => [];
    resets_are_not_told: "git reset -q --hard HEAD~1; git reset -q --hard side; git reset -q --soft main" => [];
    checkouts_are_not_told:
        "git checkout -q side; git switch -q -; git checkout -q -b new; git checkout -q side~1; git switch -q -C new main"
        => [];
    a_stash_is_not_told: "echo x > base; git stash -q; git stash pop -q; git checkout -q -- base" => [];
    renaming_the_branch_is_not_told: "git branch -m renamed; git branch -m main" => [];
    a_worktree_and_a_clone_are_not_told: "git worktree add -q ../tree; git clone -q . ../clone" => [];
    a_commit_by_plumbing_is_told:
        "git update-ref HEAD $(git commit-tree -p HEAD -m plumbed 'HEAD^{tree}')" => ["plumbed"];
    moving_the_branch_by_plumbing_is_not_told:
        "sleep 3; git update-ref HEAD HEAD~1; git update-ref HEAD side; git update-ref HEAD main@{1}" => [];
}

#[tokio::test]
async fn the_first_commit_is_told() {
    let world = World::with_repository();
    let mut live = Live::on(&world.path("here")).await;
    world.commit("here", "first");
    let told = live.until(|fact| matches!(&fact.fact, Fact::Commit(_))).await;
    let Fact::Commit(commit) = &told[told.len() - 1].fact else { unreachable!() };
    assert_eq!((&*commit.subject, &*commit.sha), ("first", &*world.head("here")));
    assert!(commit.sha.starts_with(&commit.short_sha) && commit.short_sha.len() < 20);
    let seconds: i64 = world.git("here", &["log", "-1", "--format=%ct"]).parse().unwrap();
    assert_eq!(commit.ts.millis(), seconds * 1000);
}

#[tokio::test]
async fn a_commit_is_told_before_the_status_it_leads_to() {
    let world = World::with_repository();
    let mut live = Live::on(&world.path("here")).await;
    for n in 0..20 {
        world.commit("here", &format!("c{n}"));
    }
    let head = world.head("here");
    let mut known = vec![String::new()];
    for fact in live.until(|fact| matches!(&fact.fact, Fact::Status(status) if status.head == head)).await {
        match fact.fact {
            Fact::Commit(commit) => known.push(commit.sha),
            Fact::Status(status) => assert!(known.contains(&status.head), "{} wasn't told yet", status.head),
            Fact::Push { .. } => unreachable!(),
        }
    }
    assert_eq!(known.len(), 21);
}

#[tokio::test]
async fn what_was_committed_before_is_not_told() {
    let world = prepared();
    let mut live = Live::new();
    live.watch(None, &world.path("here")).await;
    world.commit("here", "now");
    assert!(live.subjects_before("now").await.is_empty());
    live.watcher.unwatch(&super::world::board(), None).await;
    world.commit("here", "unseen");
    live.watch(None, &world.path("here")).await;
    world.commit("here", "later");
    assert!(live.subjects_before("later").await.is_empty());
}

#[tokio::test]
async fn a_subject_has_no_control_characters() {
    let world = World::with_repository();
    let mut live = Live::on(&world.path("here")).await;
    world.git("here", &["commit", "-q", "--allow-empty", "-m", "red \u{1b}[31m\ttext"]);
    world.git("here", &["commit", "-q", "--allow-empty", "-m", "marker"]);
    assert_eq!(live.subjects_before("marker").await, ["red  [31m text"]);
}

#[tokio::test]
async fn a_log_that_expires_is_read_on() {
    let world = prepared();
    let mut live = Live::on(&world.path("here")).await;
    for (subject, then) in [
        ("one", "git reflog expire --expire=now --all"),
        ("two", "git reflog expire --expire=now --rewrite --all; git gc -q --prune=now"),
        ("three", "git reflog delete --rewrite HEAD@{0}"),
        ("four", "rm .git/logs/HEAD"),
        ("five", "true"),
    ] {
        world.git("here", &["commit", "-q", "--allow-empty", "-m", subject]);
        assert!(live.subjects_before(subject).await.is_empty(), "{subject}");
        world.shell("here", then);
    }
}
