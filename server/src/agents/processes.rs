//! Which processes belong to an agent: those of its group, and on Linux also those that left the group (`setsid`)
//! but still carry its mark in their environment.

use rustix::process::{Pid, Signal, kill_process_group};

/// What tells an agent's processes from all others.
#[derive(Debug, Clone)]
pub struct Kin {
    /// The process group, if it is known to be the agent's.
    pub group: Option<Pid>,
    /// A whole `NAME=value` that only this agent's processes have in their environment.
    pub mark: Option<String>,
}

/// A process that still runs, for short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    OfGroup(Pid),
    #[cfg(target_os = "linux")]
    Marked(Pid),
}

impl Kin {
    /// Whether none of them runs any more. One that has ended and that nobody has waited for is gone: where process 1
    /// doesn't wait for orphans it stays in the table for ever.
    pub fn are_gone(&self) -> bool {
        self.members().is_empty()
    }

    /// Sends a signal to all of them.
    pub fn signal(&self, signal: Signal) {
        for member in self.members() {
            match member {
                Member::OfGroup(group) => drop(kill_process_group(group, signal)),
                #[cfg(target_os = "linux")]
                Member::Marked(pid) => self.signal_marked(pid, signal),
            }
        }
    }

    /// One entry for the group, whatever its size, and one for each that left it.
    #[cfg(target_os = "linux")]
    fn members(&self) -> Vec<Member> {
        let mut members = Vec::new();
        for (pid, group) in linux::running() {
            if Some(group) == self.group {
                if !members.contains(&Member::OfGroup(group)) {
                    members.push(Member::OfGroup(group));
                }
            } else if pid != rustix::process::getpid() && self.marks(pid) {
                members.push(Member::Marked(pid));
            }
        }
        members
    }

    #[cfg(not(target_os = "linux"))]
    fn members(&self) -> Vec<Member> {
        let exists = |group: &Pid| rustix::process::test_kill_process_group(*group).is_ok();
        self.group.filter(exists).map(Member::OfGroup).into_iter().collect()
    }

    /// Without the group, unless one of its processes has the mark: another's group of the same number, made since,
    /// has none. Other systems than Linux don't show a process's environment, so that there none is certain.
    pub fn if_marked(mut self) -> Self {
        #[cfg(target_os = "linux")]
        let is_ours = linux::running().any(|(pid, group)| Some(group) == self.group && self.marks(pid));
        #[cfg(not(target_os = "linux"))]
        let is_ours = false;
        self.group = self.group.filter(|_| is_ours);
        self
    }

    #[cfg(target_os = "linux")]
    fn marks(&self, pid: Pid) -> bool {
        self.mark.as_ref().is_some_and(|mark| linux::environment_has(pid, mark))
    }

    #[cfg(target_os = "linux")]
    fn signal_marked(&self, pid: Pid, signal: Signal) {
        use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
        // Held first, looked at then: the number may belong to another by now.
        if let Ok(process) = pidfd_open(pid, PidfdFlags::empty())
            && self.marks(pid)
        {
            let _ = pidfd_send_signal(&process, signal);
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::process::Pid;

    /// Every process that runs, with its group.
    pub fn running() -> impl Iterator<Item = (Pid, Pid)> {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
            let stat = std::fs::read(entry.path().join("stat")).ok()?;
            Some((pid, group(&String::from_utf8_lossy(&stat))?))
        })
    }

    /// The group in a `stat` line, `pid (name) state ppid pgrp …`, unless the process has ended. The name may hold anything, parentheses too.
    fn group(stat: &str) -> Option<Pid> {
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = fields.next()?;
        if matches!(state, "Z" | "X" | "x") {
            return None;
        }
        Pid::from_raw(fields.nth(1)?.parse().ok()?)
    }

    /// Whether a process was started with `mark` in its environment; that of another user's is not told.
    pub fn environment_has(pid: Pid, mark: &str) -> bool {
        let environment = std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_group_is_read_behind_any_name_and_only_of_what_runs() {
            assert_eq!(group("12 (a) Z 9) S 1 77 77 0").map(Pid::as_raw_pid), Some(77));
            assert_eq!(group("12 (sh) Z 1 77 77 0"), None);
            assert_eq!(group("nonsense"), None);
        }
    }
}
