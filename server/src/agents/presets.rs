use std::path::{Path, PathBuf};

use boardcast_shared::AgentProtocol;
use schemars::JsonSchema;
use serde::Serialize;

use super::Program;

/// A well-known agent, ready to be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preset {
    /// The name to register it by.
    pub agent: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// How it is spoken to.
    pub protocol: AgentProtocol,
    /// Its program.
    pub command: &'static str,
    /// The program's arguments.
    pub args: &'static [&'static str],
    /// Its program is in PATH.
    pub found: bool,
}

/// Agent, label, program, arguments. All speak ACP, by themselves or through the adapter that is named.
const KNOWN: [(&str, &str, &str, &[&str]); 8] = [
    ("claude", "Claude Code", "claude-agent-acp", &[]),
    ("codex", "Codex", "codex-acp", &[]),
    ("gemini", "Gemini CLI", "gemini", &["--acp"]),
    ("opencode", "OpenCode", "opencode", &["acp"]),
    ("qwen", "Qwen Code", "qwen", &["--acp"]),
    ("copilot", "GitHub Copilot CLI", "copilot", &["--acp"]),
    ("cursor", "Cursor Agent", "cursor-agent", &["acp"]),
    ("goose", "Goose", "goose", &["acp"]),
];

/// The well-known agents; `found` says whether PATH has their program.
#[must_use]
pub fn presets() -> Vec<Preset> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    presets_in(&folders)
}

fn presets_in(folders: &[PathBuf]) -> Vec<Preset> {
    let preset = |&(agent, label, command, args)| Preset {
        agent,
        label,
        protocol: AgentProtocol::Acp,
        command,
        args,
        found: folders.iter().any(|folder| is_program(&folder.join(command))),
    };
    KNOWN.iter().map(preset).collect()
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// The built-in agent `demo`: this very program.
#[must_use]
pub fn demo_program() -> Program {
    // Unreadable only when the program was deleted while it ran; its name may then still be in PATH.
    let command = std::env::current_exe().unwrap_or_else(|_| "boardcast".into());
    Program {
        protocol: AgentProtocol::Acp,
        command: command.to_string_lossy().into_owned(),
        args: vec!["agent".into()],
        env: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_preset_is_found_when_its_program_is_there_and_can_be_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            std::fs::write(&path, "").expect("a file");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("its mode");
        };
        file("gemini", 0o755);
        file("opencode", 0o644);
        std::fs::create_dir(folder.path().join("goose")).expect("a folder");
        let found = |folders: &[PathBuf]| -> Vec<&str> {
            presets_in(folders).into_iter().filter(|preset| preset.found).map(|preset| preset.agent).collect()
        };
        assert_eq!(found(&["/nowhere".into(), folder.path().to_owned()]), ["gemini"]);
        assert_eq!(found(&[]), Vec::<&str>::new());
        assert_eq!(presets_in(&[]).len(), 8);
    }

    #[test]
    fn the_demo_is_this_program() {
        let demo = demo_program();
        assert_eq!((demo.args, demo.protocol), (vec!["agent".to_owned()], AgentProtocol::Acp));
        assert!(is_program(Path::new(&demo.command)));
    }
}
