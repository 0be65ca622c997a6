//! Real git in temporary folders: what the watcher tells, and what no repository can make us run.

mod git {
    mod commits;
    mod hostile;
    mod live;
    mod pushes;
    mod repositories;
    mod world;
}
