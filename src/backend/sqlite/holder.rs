//! Which process has a SQLite file locked, as far as the operating system tells.

use std::path::{Path, PathBuf};

/// The holder of a lock on a database, for people. Only Linux tells.
#[cfg(target_os = "linux")]
pub(super) fn of_database(database: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let inode = |path: PathBuf| std::fs::metadata(path).ok().map(|metadata| metadata.ino());
    // A database in WAL mode is locked in its shared memory file.
    let inodes: Vec<u64> =
        [database.to_owned(), beside(database, "-shm")].into_iter().filter_map(inode).collect();
    let process = writer(&locks, &inodes, std::process::id())?;
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    Some(format!("process {process} ({}) has locked the file", name.trim()))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of_database(_database: &Path) -> Option<String> {
    None
}

/// The other processes that have a file open, for people, as far as this one may see them.
#[cfg(target_os = "linux")]
pub(super) fn users_of(database: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    let Some(wanted) = identity(database) else { return Vec::new() };
    let has_it_open = |process: u32| {
        let opened = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        opened.into_iter().any(|entry| identity(&entry.path()) == Some(wanted))
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut processes: Vec<u32> =
        processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    processes.retain(|process| *process != std::process::id() && has_it_open(*process));
    processes.sort_unstable();
    let name = |process: &u32| std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    processes.iter().map(|process| format!("process {process} ({})", name(process).trim())).collect()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn users_of(_database: &Path) -> Vec<String> {
    Vec::new()
}

/// The path of a file beside the database, whose name is that of the database with `suffix` behind it.
pub(super) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The process that has a write lock on one of the files, else one that reads; not `own`. The lines look like
/// `1: POSIX  ADVISORY  WRITE 1234 08:01:5678 1073741824 1073742335`.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux tells"))]
fn writer(locks: &str, inodes: &[u64], own: u32) -> Option<u32> {
    let mut found: Vec<(bool, u32)> = locks.lines().filter_map(|line| lock_of(line, inodes)).collect();
    found.retain(|(_, process)| *process != own);
    found.sort_unstable();
    found.last().map(|(_, process)| *process)
}

/// Whether it is a write lock, and whose.
fn lock_of(line: &str, inodes: &[u64]) -> Option<(bool, u32)> {
    let mut fields = line.split_whitespace().skip(1);
    if fields.next()? != "POSIX" {
        return None;
    }
    let kind = fields.nth(1)?;
    let process = fields.next()?.parse().ok()?;
    let inode: u64 = fields.next()?.rsplit(':').next()?.parse().ok()?;
    inodes.contains(&inode).then_some((kind == "WRITE", process))
}

#[cfg(test)]
mod tests {
    use super::writer;

    const LOCKS: &str = "1: POSIX  ADVISORY  READ 11 08:01:77 1073741826 1073742335\n\
                         2: FLOCK  ADVISORY  WRITE 12 08:01:77 0 EOF\n\
                         3: POSIX  ADVISORY  WRITE 13 08:01:77 1073741825 1073741825\n\
                         3: -> POSIX  ADVISORY  WRITE 14 08:01:77 1073741825 1073741825\n\
                         4: POSIX  ADVISORY  WRITE 15 08:01:78 0 EOF\n";

    #[test]
    fn who_writes_goes_before_who_reads() {
        assert_eq!(writer(LOCKS, &[77], 1), Some(13));
        assert_eq!(writer(LOCKS, &[77], 13), Some(11));
        assert_eq!(writer(LOCKS, &[5], 1), None);
        assert_eq!(writer("", &[77], 1), None);
        assert_eq!(writer("nonsense\n1:\n", &[77], 1), None);
    }
}
