//! What the database holds of secrets that have to be given back: sealed under a key that lies beside it. A copy of the
//! database alone, or of a part of it, tells none of them.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use serde_json::{Map, Value};

/// The key's file.
const FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
/// What a sealed text begins with; the rest is hexadecimal: nonce, then what is sealed.
const SEALED: &str = "sealed:";

/// Gives a connection to a database under `dir` functions of JSON texts: `seal_env` and `unseal_env` of an environment,
/// `seal_config` and `unseal_config` of what has one as its member `env`. A value that the key doesn't open is left out:
/// a database that was copied without its key is whole but for these.
pub(super) fn add_functions(connection: &Connection, dir: &Path) -> rusqlite::Result<()> {
    let key = key(dir).map_err(|error| failed(format!("{}: {error}", dir.join(FILE).display())))?;
    let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| failed(format!("{FILE} holds no key")))?;
    let key = Arc::new(LessSafeKey::new(key));
    let unseal = |key: &LessSafeKey, env: &Env| Some(unsealed_env(key, env));
    add(connection, "seal_env", &key, sealed_env, |json| json.as_object_mut())?;
    add(connection, "unseal_env", &key, unseal, |json| json.as_object_mut())?;
    add(connection, "seal_config", &key, sealed_env, |json| json.get_mut("env")?.as_object_mut())?;
    add(connection, "unseal_config", &key, unseal, |json| json.get_mut("env")?.as_object_mut())
}

type Env = Map<String, Value>;

fn add(
    connection: &Connection,
    name: &str,
    key: &Arc<LessSafeKey>,
    change: fn(&LessSafeKey, &Env) -> Option<Env>,
    env_of: fn(&mut Value) -> Option<&mut Env>,
) -> rusqlite::Result<()> {
    let key = Arc::clone(key);
    connection.create_scalar_function(name, 1, FunctionFlags::SQLITE_UTF8, move |call| {
        let mut json = serde_json::from_str(&call.get::<String>(0)?).map_err(|error| failed(error.to_string()))?;
        if let Some(env) = env_of(&mut json) {
            *env = change(&key, env).ok_or_else(|| failed("nothing can be sealed now".into()))?;
        }
        Ok(json.to_string())
    })
}

fn sealed_env(key: &LessSafeKey, env: &Env) -> Option<Env> {
    env.iter().map(|(name, value)| Some((name.clone(), seal(key, value.as_str()?)?.into()))).collect()
}

/// A value that isn't sealed is one of an earlier version of the program.
fn unsealed_env(key: &LessSafeKey, env: &Env) -> Env {
    let open = |text: &str| match text.strip_prefix(SEALED) {
        Some(sealed) => unseal(key, sealed),
        None => Some(text.to_owned()),
    };
    env.iter().filter_map(|(name, value)| Some((name.clone(), open(value.as_str()?)?.into()))).collect()
}

fn failed(detail: String) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(detail.into())
}

fn seal(key: &LessSafeKey, text: &str) -> Option<String> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    let mut bytes = text.as_bytes().to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes).ok()?;
    let mut sealed = SEALED.to_owned();
    for byte in nonce.iter().chain(&bytes) {
        write!(sealed, "{byte:02x}").ok()?;
    }
    Some(sealed)
}

fn unseal(key: &LessSafeKey, sealed: &str) -> Option<String> {
    let digits = sealed.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let bytes = digits.collect::<Option<Vec<u8>>>()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let text = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

/// The key, made when there is none. It appears whole or not at all.
fn key(dir: &Path) -> io::Result<Vec<u8>> {
    let path = dir.join(FILE);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let mut key = vec![0; KEY_BYTES];
    SystemRandom::new().fill(&mut key).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    let fresh = dir.join("secret.key.new");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
    file.write_all(&key)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    File::open(dir)?.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(dir: &Path) -> Connection {
        let connection = Connection::open_in_memory().expect("memory");
        add_functions(&connection, dir).expect("its functions");
        connection
    }

    fn ask(connection: &Connection, function: &str, json: &str) -> String {
        let asked = connection.query_row(&format!("SELECT {function}(?1)"), [json], |row| row.get(0));
        asked.expect("an answer")
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_key_only() {
        let (dir, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another"));
        for (function, json, lost) in [
            ("env", r#"{"A":"grün and secret","B":""}"#, "{}"),
            ("config", r#"{"env":{"A":"secret"},"model":"x"}"#, r#"{"env":{},"model":"x"}"#),
            ("config", r#"{"model":"x"}"#, r#"{"model":"x"}"#),
        ] {
            let sealed = ask(&opened(dir.path()), &format!("seal_{function}"), json);
            assert!(!sealed.contains("secret"), "{sealed}");
            let unsealed = |dir: &Path, json: &str| ask(&opened(dir), &format!("unseal_{function}"), json);
            assert_eq!(unsealed(dir.path(), &sealed), json);
            assert_eq!(unsealed(dir.path(), json), json);
            assert_eq!(unsealed(other.path(), &sealed), lost);
        }
        for broken in ["sealed:", "sealed:zz", "sealed:00"] {
            assert_eq!(ask(&opened(dir.path()), "unseal_env", &format!(r#"{{"A":"{broken}"}}"#)), "{}");
        }
    }
}
