//! What a migration costs at the least: the floor that `scripts/bench` compares revgraph with.
//!
//! `floor sqlite FILE` and `floor postgres CONNINFO` go on with one of
//!
//! - `up FOLDER each`, `down FOLDER each`: for each script, in the order of the names, one `sqlite3_exec` or `PQexec`
//!   of BEGIN, the script, one bookkeeping row and COMMIT;
//! - `up FOLDER all`, `down FOLDER all`: the same of all scripts in one;
//! - `rehearse FOLDER`: as `up FOLDER each`, but that each script is followed by its down script and itself again;
//! - `query`: connects and asks one query.
//!
//! `floor measure PROGRAM ARGUMENT…` runs a program with its output thrown away, and prints its wall time in
//! microseconds and its peak memory in KiB. `floor sqlite-version` prints the version of the SQLite in it.

use std::error::Error;
use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs, io, mem, ptr};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["measure", program, rest @ ..] => measure(program, rest),
        ["sqlite-version"] => {
            println!("{}", rusqlite::version());
            Ok(())
        }
        ["sqlite", file, rest @ ..] => Sqlite::open(file).and_then(|mut database| run(&mut database, rest)),
        ["postgres", conninfo, rest @ ..] => {
            Postgres::connect(conninfo).and_then(|mut database| run(&mut database, rest))
        }
        // `cargo bench` runs every benchmark without saying more.
        _ => {
            println!("floor is run by scripts/bench");
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

trait Database {
    /// Runs any number of statements in one call.
    fn execute(&mut self, sql: &str) -> Result<()>;
}

fn run(database: &mut dyn Database, words: &[&str]) -> Result<()> {
    match words {
        ["query"] => database.execute("SELECT version_num FROM alembic_version"),
        [side @ ("up" | "down"), folder, mode @ ("each" | "all")] => {
            database.execute(
                "CREATE TABLE IF NOT EXISTS floor_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
            )?;
            let scripts = scripts(Path::new(folder), side)?;
            let bodies = scripts.iter().map(|path| body(path, side));
            if *mode == "each" {
                bodies.into_iter().try_for_each(|body| database.execute(&format!("BEGIN;\n{}COMMIT;", body?)))
            } else {
                let bodies: String = bodies.collect::<Result<_>>()?;
                database.execute(&format!("BEGIN;\n{bodies}COMMIT;"))
            }
        }
        ["rehearse", folder] => {
            database.execute("CREATE TABLE floor_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")?;
            let (ups, mut downs) = (scripts(Path::new(folder), "up")?, scripts(Path::new(folder), "down")?);
            downs.reverse();
            for (up, down) in ups.iter().zip(&downs) {
                for (path, side) in [(up, "up"), (down, "down"), (up, "up")] {
                    database.execute(&format!("BEGIN;\n{}COMMIT;", body(path, side)?))?;
                }
            }
            Ok(())
        }
        _ => Err("see the head of benches/floor.rs".into()),
    }
}

/// The scripts of one side, in the order in which they run.
fn scripts(folder: &Path, side: &str) -> Result<Vec<PathBuf>> {
    let ending = format!(".{side}.sql");
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = entries?;
    paths.retain(|path| path.to_string_lossy().ends_with(&ending));
    paths.sort();
    if side == "down" {
        paths.reverse();
    }
    Ok(paths)
}

/// A script with the row that notes it down.
fn body(path: &Path, side: &str) -> Result<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let id = name.split('_').next().unwrap_or_default();
    let script = fs::read_to_string(path)?;
    Ok(match side {
        "up" => format!("{script}\nINSERT INTO floor_version VALUES ('{id}');\n"),
        _ => format!("{script}\nDELETE FROM floor_version WHERE version_num = '{id}';\n"),
    })
}

struct Sqlite(*mut rusqlite::ffi::sqlite3);

impl Sqlite {
    fn open(file: &str) -> Result<Self> {
        let file = CString::new(file)?;
        let mut raw = ptr::null_mut();
        // SAFETY: `file` is a C string, and `raw` takes the connection.
        let code = unsafe { rusqlite::ffi::sqlite3_open(file.as_ptr(), &mut raw) };
        if code == rusqlite::ffi::SQLITE_OK { Ok(Self(raw)) } else { Err("the file cannot be opened".into()) }
    }
}

impl Database for Sqlite {
    fn execute(&mut self, sql: &str) -> Result<()> {
        let sql = CString::new(sql)?;
        // SAFETY: the connection is open and `sql` a C string; without a callback there is nothing to pass to it.
        let code = unsafe {
            rusqlite::ffi::sqlite3_exec(self.0, sql.as_ptr(), None, ptr::null_mut(), ptr::null_mut())
        };
        if code == rusqlite::ffi::SQLITE_OK {
            return Ok(());
        }
        // SAFETY: the connection is open and owns the message, which is copied.
        let message = unsafe { CStr::from_ptr(rusqlite::ffi::sqlite3_errmsg(self.0)) };
        Err(message.to_string_lossy().into())
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // SAFETY: the connection is open and not used afterwards.
        unsafe { rusqlite::ffi::sqlite3_close(self.0) };
    }
}

struct Postgres(*mut pq_sys::PGconn);

impl Postgres {
    fn connect(conninfo: &str) -> Result<Self> {
        let conninfo = CString::new(conninfo)?;
        // SAFETY: `conninfo` is a C string.
        let connection = Self(unsafe { pq_sys::PQconnectdb(conninfo.as_ptr()) });
        // SAFETY: PQconnectdb's result may be asked even where the connection failed.
        let status = unsafe { pq_sys::PQstatus(connection.0) };
        if status == pq_sys::ConnStatusType::CONNECTION_OK { Ok(connection) } else { Err(connection.error()) }
    }

    fn error(&self) -> Box<dyn Error> {
        // SAFETY: the connection is not yet finished and owns the message, which is copied.
        unsafe { CStr::from_ptr(pq_sys::PQerrorMessage(self.0)) }.to_string_lossy().into()
    }
}

impl Database for Postgres {
    fn execute(&mut self, sql: &str) -> Result<()> {
        let sql = CString::new(sql)?;
        // SAFETY: the connection is open and `sql` a C string; the result is freed before it could be used again.
        let status = unsafe {
            let result = pq_sys::PQexec(self.0, sql.as_ptr());
            let status = pq_sys::PQresultStatus(result);
            pq_sys::PQclear(result);
            status
        };
        match status {
            pq_sys::ExecStatusType::PGRES_COMMAND_OK | pq_sys::ExecStatusType::PGRES_TUPLES_OK => Ok(()),
            _ => Err(self.error()),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SAFETY: the connection is not used afterwards.
        unsafe { pq_sys::PQfinish(self.0) };
    }
}

fn measure(program: &str, arguments: &[&str]) -> Result<()> {
    let started = Instant::now();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    // SAFETY: all bytes zero are a valid `rusage`, which holds nothing but numbers.
    let mut usage: libc::rusage = unsafe { mem::zeroed() };
    // SAFETY: `status` and `usage` take the answer; nothing else waits for the child.
    if unsafe { libc::wait4(pid, &mut status, 0, &mut usage) } != pid {
        return Err(io::Error::last_os_error().into());
    }
    let took = started.elapsed();
    if status != 0 {
        return Err(format!("{program} {} ended with wait status {status}", arguments.join(" ")).into());
    }
    println!("{} {}", took.as_micros(), usage.ru_maxrss);
    Ok(())
}
