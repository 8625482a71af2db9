//! The file: made, recognised, brought up to date, locked. One that is damaged, newer or somebody else's is refused and
//! left as it is.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::summary;

/// The application id that tells a store of this program from other SQLite databases: `chat`.
const APPLICATION_ID: u32 = 0x6368_6174;

/// The versions of the schema, oldest first: each brings a file from the one before to its own.
const VERSIONS: [Version; 4] = [
    Version {
        sql: include_str!("schema.sql"),
        then: None,
    },
    Version {
        sql: include_str!("schema-2.sql"),
        then: Some(summary::migrate),
    },
    Version {
        sql: include_str!("schema-3.sql"),
        then: None,
    },
    Version {
        sql: include_str!("schema-4.sql"),
        then: None,
    },
];

/// A version of the schema.
struct Version {
    /// The tables that it adds.
    sql: &'static str,
    /// Fills them.
    then: Option<fn(&Connection) -> crate::chat_core::error::Result<()>>,
}

/// The version that this program writes.
#[allow(clippy::cast_possible_truncation)] // they are few
const VERSION: u32 = VERSIONS.len() as u32;

/// The largest file that is read through before it is used. A larger one is refused where it is found to be damaged.
const CHECKED_SIZE: u64 = 64 * 1024 * 1024;

/// How long another program that writes to the file is waited for.
const BUSY: Duration = Duration::from_secs(5);

/// The offsets of the version and of the application id in SQLite's header.
const VERSION_AT: usize = 60;
const APPLICATION_AT: usize = 68;
const HEADER: usize = 100;

/// Why a file can't be the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The file can't be opened, made or read.
    #[error("can't open the store {}: {why}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why, in words.
        why: String,
    },
    /// Another server has it.
    #[error("the store {} is in use by another server", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is no store of chatctl: {what}; it is left as it is", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The kind of file that it is.
        what: &'static str,
    },
    /// A later program wrote it.
    #[error(
        "the store {} was written by a newer chatctl: its version is {version}, and this one knows {VERSION}; it is left as it is",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// The file does not hold together.
    #[error("the store {} is damaged: {what}; it is left as it is", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The fault.
        what: String,
    },
}

impl StorageError {
    /// Returns the same error of the file at `other`, which the one that it is about is a copy of.
    fn of(mut self, other: &Path) -> Self {
        let (Self::Unusable { path, .. }
        | Self::InUse { path }
        | Self::Foreign { path, .. }
        | Self::Newer { path, .. }
        | Self::Damaged { path, .. }) = &mut self;
        other.clone_into(path);
        self
    }
}

/// A file that is this server's alone.
pub(super) struct LockedFile {
    /// For writing.
    pub(super) connection: Connection,
    /// Dropped last: the lock is on the file itself, so that it goes with the process.
    pub(super) lock: File,
}

type Result<T> = std::result::Result<T, StorageError>;

/// Opens the store at `path`, or makes it.
pub(super) fn open(path: &Path) -> Result<LockedFile> {
    let unusable = |error: &dyn std::fmt::Display| StorageError::Unusable {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        // It holds what people said, and the secret of tokens.
        .mode(0o600)
        .open(path)
        .map_err(|error| unusable(&error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StorageError::InUse {
                path: path.to_owned(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(unusable(&error)),
    }
    let found = lock.metadata().map_err(|error| unusable(&error))?;
    if found.nlink() > 1 {
        // SQLite keeps its log beside the name that the file was opened by: by another name what is in it is not seen.
        return Err(StorageError::Unusable {
            path: path.to_owned(),
            why: format!(
                "it has {} names (hard links), and what was written last is found by one of them only; remove the others, \
                 or make a copy",
                found.nlink()
            ),
        });
    }
    let size = found.len();
    // With a journal beside it, what stands in the file is not what it holds: SQLite puts that right first.
    if size > 0 && !beside(path, "-journal").exists() {
        check_header(path, &mut lock)?;
        check_content(path, size)?;
    }
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| unusable(&error))?;
    prepare(&connection).map_err(|error| unusable(&error))?;
    bring_up(path, &mut connection, &VERSIONS)?;
    for (pragma, value) in [
        ("journal_mode", "wal"),
        // Each commit is on the disk before it is answered: what is acknowledged outlives a loss of power too. One
        // commit is for all who wait, so that this costs little.
        ("synchronous", "full"),
        ("wal_autocheckpoint", "4000"),
        ("journal_size_limit", "67108864"),
        ("cache_size", "-16384"),
    ] {
        connection
            .pragma_update(None, pragma, value)
            .map_err(|error| unusable(&error))?;
    }
    Ok(LockedFile { connection, lock })
}

/// Opens what the store at `path` holds and leaves it as it is, and what is beside it too: what is opened is a copy in
/// `scratch`, or the file itself where another server has it.
pub(super) fn open_as_it_is(path: &Path, scratch: &Path) -> Result<Connection> {
    let unusable = |why: String| StorageError::Unusable {
        path: path.to_owned(),
        why,
    };
    let mut file = File::open(path).map_err(|error| unusable(error.to_string()))?;
    let size = |suffix| std::fs::metadata(beside(path, suffix)).map_or(0, |found| found.len());
    let size = size("") + size("-wal");
    if size > CHECKED_SIZE {
        return Err(unusable(format!(
            "it has {size} bytes, and what is read as a whole may have {CHECKED_SIZE}"
        )));
    }
    match file.try_lock_shared() {
        // No server begins to write while it is copied.
        Ok(()) => {
            let copy = copy(path, scratch).map_err(|error| unusable(error.to_string()))?;
            drop(file);
            let held = open(&copy).map_err(|error| error.of(path))?;
            Ok(held.connection)
        }
        Err(TryLockError::WouldBlock) => {
            check_header(path, &mut file)?;
            if !beside(path, "-wal").exists() {
                // It begins or ends at this moment.
                return Err(StorageError::InUse {
                    path: path.to_owned(),
                });
            }
            check_content(path, size)?;
            open_for_reading(path).map_err(|error| unusable(error.to_string()))
        }
        Err(TryLockError::Error(error)) => Err(unusable(error.to_string())),
    }
}

/// Copies the store at `path`, with the logs that belong to it.
fn copy(path: &Path, scratch: &Path) -> io::Result<PathBuf> {
    let copy = scratch.join("copy.db");
    for suffix in ["", "-wal", "-journal"] {
        let from = beside(path, suffix);
        if suffix.is_empty() || from.exists() {
            // Whatever the rights of the file are, the copy is written to.
            let mut to = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(beside(&copy, suffix))?;
            io::copy(&mut File::open(from)?, &mut to)?;
        }
    }
    Ok(copy)
}

/// Opens a connection for reading.
pub(super) fn open_for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // Whatever a file brings with it that is not a table of ours does nothing.
    for (config, is_on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(config, is_on)?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Looks at the first bytes, so that nothing else is done to a file that is not ours.
fn check_header(path: &Path, file: &mut File) -> Result<()> {
    let foreign = |what| {
        Err(StorageError::Foreign {
            path: path.to_owned(),
            what,
        })
    };
    let mut header = [0; HEADER];
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return foreign("it is no SQLite database");
    }
    let number = |at: usize| {
        let bytes = header[at..at + 4].iter();
        bytes.fold(0, |number, byte| number << 8 | u32::from(*byte))
    };
    if number(APPLICATION_AT) != APPLICATION_ID {
        return foreign("it is an SQLite database of something else");
    }
    check_version(path, number(VERSION_AT))
}

fn check_version(path: &Path, version: u32) -> Result<()> {
    if version > VERSION {
        return Err(StorageError::Newer {
            path: path.to_owned(),
            version,
        });
    }
    Ok(())
}

/// Reads the file through without writing to it, or to anything beside it.
fn check_content(path: &Path, size: u64) -> Result<()> {
    let damaged = |what: String| StorageError::Damaged {
        path: path.to_owned(),
        what,
    };
    // Without a log to be read with it, nothing of SQLite's needs to stand beside the file.
    let mode = if beside(path, "-wal").exists() {
        "mode=ro"
    } else {
        "immutable=1"
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let check = || -> rusqlite::Result<(u32, String, Schema)> {
        let connection = Connection::open_with_flags(uri(path, mode), flags)?;
        prepare(&connection)?;
        let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if size > CHECKED_SIZE {
            return Ok((version, "ok".to_owned(), schema(&connection)?));
        }
        let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((version, verdict, schema(&connection)?))
    };
    let (version, verdict, found) = check().map_err(|error| damaged(error.to_string()))?;
    check_version(path, version)?;
    if verdict == "ok" {
        let expected = expected_schema(version).map_err(|error| damaged(error.to_string()))?;
        let other = found.iter().find(|item| !expected.contains(item));
        let other = other.or_else(|| expected.iter().find(|item| !found.contains(item)));
        return other.map_or(Ok(()), |(kind, name, _)| {
            Err(damaged(format!(
                "its {kind} '{name}' is not that of a store"
            )))
        });
    }
    // Its first line that says more than which database is meant, as `*** in database main ***` does.
    let line = verdict.lines().find(|line| !line.starts_with("***"));
    Err(damaged(line.unwrap_or(&verdict).to_owned()))
}

/// The tables and indexes of a file, and what else is in its schema: kind, name and definition of each.
type Schema = BTreeSet<(String, String, Option<String>)>;

fn schema(connection: &Connection) -> rusqlite::Result<Schema> {
    let sql =
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}

/// Returns the schema of a store of this version.
fn expected_schema(version: u32) -> std::result::Result<Schema, Box<dyn std::error::Error>> {
    let connection = Connection::open_in_memory()?;
    for step in VERSIONS.iter().take(version as usize) {
        step.run(&connection)?;
    }
    Ok(schema(&connection)?)
}

impl Version {
    fn run(&self, connection: &Connection) -> std::result::Result<(), Box<dyn std::error::Error>> {
        connection.execute_batch(self.sql)?;
        if let Some(then) = self.then {
            then(connection)?;
        }
        Ok(())
    }
}

/// Brings the schema to this program's version, all or nothing.
fn bring_up(path: &Path, connection: &mut Connection, versions: &[Version]) -> Result<()> {
    let mut migrate = || -> std::result::Result<(), Box<dyn std::error::Error>> {
        // Has an effect on a file with nothing in it only: what goes can be given back to the disk.
        connection.pragma_update(None, "auto_vacuum", "incremental")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: usize = transaction
            .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?
            as usize;
        if version < versions.len() {
            for step in &versions[version..] {
                step.run(&transaction)?;
            }
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            #[allow(clippy::cast_possible_truncation)] // they are few
            transaction.pragma_update(None, "user_version", versions.len() as u32)?;
        }
        Ok(transaction.commit()?)
    };
    migrate().map_err(|error| StorageError::Unusable {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns `path` as SQLite reads it in an address.
fn uri(path: &Path, parameter: &str) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
    use std::os::unix::ffi::OsStrExt as _;
    let path = path.as_os_str().as_bytes();
    format!(
        "file:{}?{parameter}",
        percent_encode(path, NON_ALPHANUMERIC)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// Makes a store with something in it, and closes it.
    fn made(folder: &Path) -> PathBuf {
        let path = folder.join("a.db");
        let held = open(&path).unwrap();
        let sql = "INSERT INTO setting (name, value) VALUES ('x', zeroblob(100000))";
        held.connection.execute_batch(sql).unwrap();
        held.connection.close().unwrap();
        path
    }

    /// Checks that `path` is refused with `words`, and that nothing in its folder has changed.
    fn is_refused(path: &Path, words: &str) {
        let state = || {
            let mut files: Vec<_> = std::fs::read_dir(path.parent().unwrap())
                .unwrap()
                .map(|entry| entry.unwrap())
                .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
                .collect();
            files.sort();
            files
        };
        let before = state();
        let error = open(path).err().expect("it is refused").to_string();
        assert!(error.contains(words), "{error}");
        assert!(before == state(), "{words}: it is left as it is");
    }

    #[test]
    fn a_new_file_is_private_and_known_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let held = open(&path).unwrap();
        is_refused(&path, "in use by another server");
        drop(held);
        open(&path).unwrap();
        std::fs::write(folder.path().join("empty.db"), "").unwrap();
        open(&folder.path().join("empty.db")).unwrap();
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other");
        std::fs::write(&path, "hello").unwrap();
        is_refused(&path, "no SQLite database");
        std::fs::remove_file(&path).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE t (x)").unwrap();
        drop(other);
        is_refused(&path, "of something else");
        let error = open(&path.join("a.db")).err().unwrap().to_string();
        assert!(error.contains("can't open the store"), "{error}");
    }

    /// Checks that `path` is a usable store of this version that nothing was added to.
    fn is_unmigrated(path: &Path) {
        let held = open(path).unwrap();
        let version: u32 = held
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, VERSION);
        assert_eq!(keeps(&held.connection), 1);
        let added = held.connection.prepare("SELECT added FROM setting");
        assert!(added.is_err());
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_usable() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let mut connection = Connection::open(&path).unwrap();
        let fails = "ALTER TABLE setting ADD COLUMN added TEXT; INSERT INTO missing VALUES (1);";
        let fails = Version {
            sql: fails,
            then: None,
        };
        let versions: Vec<Version> = VERSIONS.into_iter().chain([fails]).collect();
        let error = bring_up(&path, &mut connection, &versions).unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
        drop(connection);
        is_unmigrated(&path);
    }

    #[test]
    fn a_migration_that_is_interrupted_leaves_the_file_usable() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let mut connection = Connection::open(&path).unwrap();
        // So small a cache that a part is written before the commit.
        connection.pragma_update(None, "cache_size", 1).unwrap();
        let transaction = connection.transaction().unwrap();
        let sql = "ALTER TABLE setting ADD COLUMN added TEXT;
                   INSERT INTO setting (name, value) VALUES ('y', zeroblob(200000));
                   PRAGMA user_version = 99;";
        transaction.execute_batch(sql).unwrap();
        // The files as a crash at this moment leaves them.
        let other = tempfile::tempdir().unwrap();
        let copy = other.path().join("a.db");
        for suffix in ["", "-wal", "-journal"] {
            if beside(&path, suffix).exists() {
                std::fs::copy(beside(&path, suffix), beside(&copy, suffix)).unwrap();
            }
        }
        let written = std::fs::metadata(beside(&copy, "-wal")).unwrap().len();
        assert!(written > 100_000, "{written}");
        drop(transaction);
        is_unmigrated(&copy);
    }

    #[test]
    fn a_newer_file_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let held = Connection::open(&path).unwrap();
        held.pragma_update(None, "user_version", VERSION + 1)
            .unwrap();
        held.close().unwrap();
        is_refused(&path, "written by a newer chatctl");

        // The same where the version stands in the log beside the file only.
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let held = Connection::open(&path).unwrap();
        held.pragma_update(None, "user_version", VERSION + 1)
            .unwrap();
        let other = tempfile::tempdir().unwrap();
        for suffix in ["", "-wal"] {
            std::fs::copy(
                beside(&path, suffix),
                other.path().join(format!("a.db{suffix}")),
            )
            .unwrap();
        }
        let error = open(&other.path().join("a.db")).err().unwrap();
        assert!(matches!(error, StorageError::Newer { .. }), "{error}");
        let again = open(&other.path().join("a.db")).err().unwrap();
        assert!(matches!(again, StorageError::Newer { .. }), "{again}");
    }

    #[test]
    fn file_with_another_schema_is_refused_and_left_as_it_is() {
        for sql in [
            "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
            "CREATE VIEW v AS SELECT * FROM entry",
            "CREATE TABLE t (x)",
            "CREATE INDEX i ON entry (connection)",
            "DROP TABLE nonce",
            "ALTER TABLE nonce ADD COLUMN x TEXT",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = made(folder.path());
            let other = Connection::open(&path).unwrap();
            other.execute_batch(sql).unwrap();
            other.close().unwrap();
            is_refused(&path, "is not that of a store");
        }
    }

    #[test]
    fn file_with_several_names_is_refused_until_it_has_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let other = folder.path().join("b.db");
        std::fs::hard_link(&path, &other).unwrap();
        is_refused(&path, "2 names");
        is_refused(&other, "2 names");
        std::fs::remove_file(&path).unwrap();
        open(&other).unwrap();
    }

    #[test]
    fn a_damaged_file_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5000]).unwrap();
        is_refused(&path, "damaged");
        // In the root of a table.
        let mut mangled = whole.clone();
        for page in 1..12 {
            mangled[page * 4096..page * 4096 + 8].copy_from_slice(&[0xaa; 8]);
        }
        std::fs::write(&path, &mangled).unwrap();
        is_refused(&path, "damaged");
        std::fs::write(&path, &whole).unwrap();
        open(&path).unwrap();
    }

    /// Returns the files in the folder of `path`, apart from what readers of a log use among themselves.
    fn state(path: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(path.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
            .filter(|(name, _)| !name.to_string_lossy().ends_with("-shm"))
            .collect();
        files.sort();
        files
    }

    fn keeps(connection: &Connection) -> u32 {
        let sql = "SELECT count(*) FROM setting";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn what_is_read_only_is_left_as_it_is_with_a_log_beside_it_or_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let is_left = |path: &Path, count| {
            let scratch = tempfile::tempdir().unwrap();
            let before = state(path);
            let connection = open_as_it_is(path, scratch.path()).unwrap();
            assert_eq!(keeps(&connection), count);
            drop(connection);
            assert!(state(path) == before);
        };
        is_left(&path, 1);
        let mut rights = std::fs::metadata(&path).unwrap().permissions();
        rights.set_mode(0o400);
        std::fs::set_permissions(&path, rights.clone()).unwrap();
        is_left(&path, 1);
        rights.set_mode(0o600);
        std::fs::set_permissions(&path, rights).unwrap();

        let held = open(&path).unwrap();
        let sql = "INSERT INTO setting (name, value) VALUES ('y', x'00')";
        held.connection.execute_batch(sql).unwrap();
        assert!(beside(&path, "-wal").exists());
        is_left(&path, 2);
        // A copy with its log, as a crash leaves them.
        let other = tempfile::tempdir().unwrap();
        let copy = other.path().join("a.db");
        for suffix in ["", "-wal"] {
            std::fs::copy(beside(&path, suffix), beside(&copy, suffix)).unwrap();
        }
        is_left(&copy, 2);
        assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_cannot_be_read_as_a_whole_is_refused_by_its_own_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let is_refused = |path: &Path, words: &str| {
            let scratch = tempfile::tempdir().unwrap();
            let before = state(path);
            let error = open_as_it_is(path, scratch.path())
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains(words), "{error}");
            assert!(error.contains(&path.display().to_string()), "{error}");
            assert!(state(path) == before, "{words}");
        };
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5000]).unwrap();
        is_refused(&path, "damaged");
        std::fs::write(&path, &whole).unwrap();
        let large = std::fs::File::options().write(true).open(&path).unwrap();
        large.set_len(CHECKED_SIZE + 1).unwrap();
        drop(large);
        let scratch = tempfile::tempdir().unwrap();
        let error = open_as_it_is(&path, scratch.path()).err().unwrap();
        assert!(error.to_string().contains("read as a whole"), "{error}");
        std::fs::write(&path, &whole).unwrap();
        let newer = Connection::open(&path).unwrap();
        newer
            .pragma_update(None, "user_version", VERSION + 1)
            .unwrap();
        newer.close().unwrap();
        is_refused(&path, "written by a newer chatctl");
        std::fs::remove_file(&path).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE t (x)").unwrap();
        drop(other);
        is_refused(&path, "of something else");
    }
}
