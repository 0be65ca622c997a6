//! The file: created, locked, checked, migrated. Never replaced, never repaired silently.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::agents::{learn_all, seal_all};
use super::seal::add_functions;

/// `BCst`: says in the file's header whose it is.
const APPLICATION_ID: i32 = 0x4243_7374;
/// The file under the data directory.
const FILE: &str = "boardcast.db";
/// How long another server's lock is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// In order; the file's `user_version` is how many it has seen.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_log_and_boards.sql"),
    include_str!("migrations/0002_hourly_sums.sql"),
    include_str!("migrations/0003_attempts_run_here.sql"),
    include_str!("migrations/0004_access.sql"),
    include_str!("migrations/0005_recorded_profiles.sql"),
];

/// Why the store can't be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// What was touched.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Another server has the directory.
    #[error("{0} is in use by another server")]
    InUse(PathBuf),
    /// Not ours.
    #[error("{0} is not a Boardcast database")]
    Foreign(PathBuf),
    /// From a later version of Boardcast.
    #[error("{path} was written by a newer Boardcast (schema {found}, this one knows {known})")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest known schema.
        known: usize,
    },
    /// Some of it can't be read as it should.
    #[error("{path} is damaged: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
}

/// A store ready to be written.
pub(super) struct Opened {
    pub path: PathBuf,
    pub connection: Connection,
    pub lock: File,
    pub epoch: String,
    pub head: u64,
}

pub(super) fn open(dir: &Path) -> Result<Opened, OpenError> {
    private_directory(dir)?;
    let lock = lock(dir)?;
    let path = dir.join(FILE);
    if !exists(&path)? {
        for remains in ["boardcast.db-wal", "boardcast.db-shm"] {
            if exists(&dir.join(remains))? {
                let detail = format!("it is gone, but {remains} is there");
                return Err(OpenError::Damaged { path, detail });
            }
        }
        create(dir, &path)?;
    }
    check_header(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(|source| io_error(&path, source))?;
    let damaged = |source: rusqlite::Error| OpenError::Damaged { path: path.clone(), detail: source.to_string() };
    let mut connection = connect(&path).map_err(damaged)?;
    check_version(&connection, &path)?;
    let report: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(damaged)?;
    if report != "ok" {
        return Err(OpenError::Damaged { path, detail: report });
    }
    migrate(&mut connection).map_err(damaged)?;
    seal_all(&connection).map_err(damaged)?;
    learn_all(&connection).map_err(damaged)?;
    let (epoch, head): (String, i64) = connection
        .query_row("SELECT epoch, head FROM log", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(damaged)?;
    Ok(Opened { path, connection, lock, epoch, head: head.unsigned_abs() })
}

/// A connection with the settings that every one of ours has.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -16384;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    add_functions(&connection, path.parent().unwrap_or(Path::new(".")))?;
    Ok(connection)
}

/// Brings the schema up to date, each step in its own transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let seen: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (version, sql) in (1_u32..).zip(MIGRATIONS).skip(seen as usize) {
        let step = connection.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", version)?;
        step.commit()?;
    }
    Ok(())
}

fn private_directory(dir: &Path) -> Result<(), OpenError> {
    let error = |source| io_error(dir, source);
    if !exists(dir)? {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(error)?;
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(error)
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let error = |source| io_error(&path, source);
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(error)?;
    file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(error)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // A child of a server that was killed just now holds it until it has become another program.
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => std::thread::sleep(PATIENCE / 20),
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(dir.to_owned())),
            Err(TryLockError::Error(source)) => return Err(error(source)),
        }
    }
}

/// Makes the database under another name and moves it into place when it is whole: an empty or half-made file is
/// then always damage, never a beginning.
fn create(dir: &Path, path: &Path) -> Result<(), OpenError> {
    let fresh = dir.join("boardcast.db.new");
    let error = |source| io_error(&fresh, source);
    for name in ["boardcast.db.new", "boardcast.db.new-wal", "boardcast.db.new-shm"] {
        match fs::remove_file(dir.join(name)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(error(source)),
            _ => {}
        }
    }
    // SQLite gives its other files the mode of this one.
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(&fresh).map_err(error)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600)).map_err(error)?;
    let made = || -> rusqlite::Result<()> {
        let mut connection = connect(&fresh)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        migrate(&mut connection)?;
        let epoch = boardcast_shared::random_token();
        connection.execute("INSERT INTO log VALUES (1, ?1, 0, 0, 0, 0, 0)", [&epoch[..12]])?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    };
    made().map_err(|source| io_error(&fresh, io::Error::other(source)))?;
    fs::rename(&fresh, path).map_err(error)?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(error)
}

fn check_header(path: &Path) -> Result<(), OpenError> {
    let error = |source| io_error(path, source);
    if !fs::metadata(path).map_err(error)?.is_file() {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    let mut header = Vec::new();
    File::open(path).map_err(error)?.take(100).read_to_end(&mut header).map_err(error)?;
    if header.is_empty() {
        return Err(OpenError::Damaged { path: path.to_owned(), detail: "it is empty".into() });
    }
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    // [SQLite file format 1.3] The application id, before SQLite itself touches what may not be ours.
    if header.get(68..72) != Some(APPLICATION_ID.to_be_bytes().as_slice()) {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    Ok(())
}

fn check_version(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let damaged = |source: rusqlite::Error| OpenError::Damaged { path: path.to_owned(), detail: source.to_string() };
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(damaged)?;
    if found as usize > MIGRATIONS.len() {
        return Err(OpenError::Newer { path: path.to_owned(), found, known: MIGRATIONS.len() });
    }
    Ok(())
}

fn exists(path: &Path) -> Result<bool, OpenError> {
    path.try_exists().map_err(|source| io_error(path, source))
}

fn io_error(path: &Path, source: io::Error) -> OpenError {
    OpenError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database as each earlier schema left it, with a log that has been written to.
    fn at_schema(dir: &Path, version: usize) {
        let path = dir.join(FILE);
        let mut connection = connect(&path).expect("a new file opens");
        connection.pragma_update(None, "application_id", APPLICATION_ID).expect("it is ours");
        for (n, sql) in (1_u32..).zip(&MIGRATIONS[..version]) {
            let step = connection.transaction().expect("a transaction begins");
            step.execute_batch(sql).expect("the schema of its time");
            step.pragma_update(None, "user_version", n).expect("its number");
            step.commit().expect("it holds");
        }
        connection.execute("INSERT INTO log VALUES (1, 'k3v9', 7, 0, 0, 0, 0)", []).expect("its log");
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("all is in the file");
    }

    #[test]
    fn every_earlier_schema_is_brought_up_to_date_and_keeps_its_log() {
        for version in 1..=MIGRATIONS.len() {
            let dir = tempfile::tempdir().expect("a folder");
            at_schema(dir.path(), version);
            let opened = open(dir.path()).unwrap_or_else(|error| panic!("schema {version}: {error}"));
            assert_eq!((opened.epoch.as_str(), opened.head), ("k3v9", 7));
            let now: u32 =
                opened.connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("its number");
            assert_eq!(now as usize, MIGRATIONS.len());
        }
    }

    #[test]
    fn an_attempt_of_an_earlier_schema_keeps_the_profile_that_its_next_turn_would_have_had() {
        let dir = tempfile::tempdir().expect("a folder");
        at_schema(dir.path(), 4);
        let earlier = connect(&dir.path().join(FILE)).expect("it opens");
        let rows = [
            r#"INSERT INTO profiles VALUES ('p', 'demo', 'Careful', '{"env":{"KEY":"open"},"model":"x"}', 0, 0)"#,
            "INSERT INTO profiles VALUES ('q', 'demo', NULL, '{}', 0, 0)",
        ];
        for row in rows {
            earlier.execute(row, []).expect("a profile");
        }
        for (id, profile, here) in [("a", Some("p"), 1), ("b", Some("q"), 1), ("c", None, 1), ("d", Some("p"), 0)] {
            let row =
                "INSERT INTO attempts (id, board_id, card_id, agent, profile_id, status, needs_input, branch_name,
                base_branch, created_at, updated_at, status_ts, created_seq, updated_seq, run_here)
                VALUES (?1, 'b', 'c', 'demo', ?2, 'failed', 0, '', '', 0, 0, 0, 0, 0, ?3)";
            earlier.execute(row, (id, profile, here)).expect("an attempt");
        }
        drop(earlier);
        let opened = open(dir.path()).unwrap_or_else(|error| panic!("{error}"));
        let recorded = |id: &str| -> (Option<String>, Option<String>, Option<String>) {
            let row =
                "SELECT profile, unseal_env(coalesce(profile_env, '{}')), profile_env FROM attempts WHERE id = ?1";
            opened.connection.query_row(row, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("it")
        };
        let (profile, env, sealed) = recorded("a");
        assert_eq!(profile.as_deref(), Some(r#"{"label":"Careful","config":{"env":["KEY"],"model":"x"}}"#));
        assert_eq!(env.as_deref(), Some(r#"{"KEY":"open"}"#));
        assert!(sealed.is_some_and(|sealed| sealed.starts_with(r#"{"KEY":"sealed:"#)));
        assert_eq!(recorded("b").0.as_deref(), Some(r#"{"label":null,"config":{}}"#));
        assert_eq!((recorded("c").0, recorded("d").0), (None, None));
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_as_it_is() {
        let dir = tempfile::tempdir().expect("a folder");
        at_schema(dir.path(), MIGRATIONS.len());
        let path = dir.path().join(FILE);
        let newer = MIGRATIONS.len() + 1;
        let connection = Connection::open(&path).expect("it opens");
        connection.pragma_update(None, "user_version", u32::try_from(newer).expect("few")).expect("its number");
        drop(connection);
        assert!(matches!(open(dir.path()), Err(OpenError::Newer { .. })));
    }
}
