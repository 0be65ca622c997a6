use std::ffi::OsString;

/// The server's own variables that an agent sees beside every `LC_*`; all others are withheld.
const PASSED_ON: [&str; 7] = ["PATH", "HOME", "LANG", "TERM", "TMPDIR", "USER", "SHELL"];

/// Those of `ours` that an agent may see.
pub fn inherited(ours: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = (OsString, OsString)> {
    ours.filter(|(name, _)| name.to_str().is_some_and(|name| PASSED_ON.contains(&name) || name.starts_with("LC_")))
}

/// Why a variable can't be given to a process; the system would take its name for another or cut its value.
pub fn refuse(name: &str, value: &str) -> Result<(), String> {
    let is_name = !name.is_empty() && !name.contains(['=', '\0']);
    if is_name && !value.contains('\0') { Ok(()) } else { Err(format!("its environment can't have {name:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_servers_own_variables_only_the_harmless_are_passed_on() {
        let ours =
            ["PATH", "LC_ALL", "LC_TIME", "HOME", "BOARDCAST_TOKEN", "BOARDCAST_GITHUB_TOKEN", "LCX", "LD_PRELOAD"];
        let seen: Vec<_> = inherited(ours.iter().map(|name| (name.into(), "x".into()))).map(|(name, _)| name).collect();
        assert_eq!(seen, ["PATH", "LC_ALL", "LC_TIME", "HOME"]);
    }

    #[test]
    fn a_variable_that_a_process_cannot_have_is_refused() {
        assert!(refuse("A", "b=c").is_ok());
        for (name, value) in [("", "x"), ("A=B", "x"), ("A\0", "x"), ("A", "x\0")] {
            assert!(refuse(name, value).is_err(), "{name:?}={value:?}");
        }
    }
}
