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

/// The key's file.
const FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
/// What a sealed text begins with; the rest is hexadecimal: nonce, then what is sealed.
const SEALED: &str = "sealed:";

/// Gives a connection to a database under `dir` the functions `seal(text)` and `unseal(text)`. A text that isn't sealed
/// is unsealed already.
pub(super) fn add_functions(connection: &Connection, dir: &Path) -> rusqlite::Result<()> {
    let key = key(dir).map_err(|error| failed(format!("{}: {error}", dir.join(FILE).display())))?;
    let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| failed(format!("{FILE} holds no key")))?;
    let key = Arc::new(LessSafeKey::new(key));
    let opener = Arc::clone(&key);
    connection.create_scalar_function("seal", 1, FunctionFlags::SQLITE_UTF8, move |call| {
        seal(&key, &call.get::<String>(0)?).ok_or_else(|| failed("nothing can be sealed now".into()))
    })?;
    connection.create_scalar_function("unseal", 1, FunctionFlags::SQLITE_UTF8, move |call| {
        let text: String = call.get(0)?;
        let Some(sealed) = text.strip_prefix(SEALED) else { return Ok(text) };
        unseal(&opener, sealed).ok_or_else(|| failed(format!("{FILE} isn't the key of what is sealed in it")))
    })
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

    fn ask(connection: &Connection, query: &str, text: &str) -> rusqlite::Result<String> {
        connection.query_row(query, [text], |row| row.get(0))
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_key_only() {
        let (dir, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another"));
        let sealed = ask(&opened(dir.path()), "SELECT seal(?1)", "grün and secret").expect("sealed");
        assert!(sealed.starts_with(SEALED) && !sealed.contains("secret"), "{sealed}");
        let unsealed = |dir: &Path, text: &str| ask(&opened(dir), "SELECT unseal(?1)", text);
        assert_eq!(unsealed(dir.path(), &sealed).as_deref(), Ok("grün and secret"));
        assert_eq!(unsealed(dir.path(), "{}").as_deref(), Ok("{}"));
        unsealed(other.path(), &sealed).expect_err("another key");
        for broken in ["sealed:", "sealed:zz", &sealed[..sealed.len() - 2]] {
            unsealed(dir.path(), broken).expect_err(broken);
        }
    }
}
