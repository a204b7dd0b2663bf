//! From what goes wrong with backups to what the user reads.

use super::{Diagnostic, ErrorKind};
use crate::backup::{BackupError, Tool};

/// What every error here can say: a backup that fails, fails before.
pub const UNTOUCHED: &str = "the database is as it was";

impl From<BackupError> for Diagnostic {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        match error {
            BackupError::InMemory | BackupError::Nothing { .. } => Self::new(ErrorKind::NothingToBackUp, message),
            BackupError::Exists { .. } => {
                Self::new(ErrorKind::Exists, message).hint("name another file, or none: it then gets a name of its own")
            }
            BackupError::NameTaken { .. } => Self::new(ErrorKind::Exists, message).hint("run the command again"),
            BackupError::Io { source, .. } => of_io(Self::new(ErrorKind::Io, message), &source),
            BackupError::NoProgram { needed, program, .. } => Self::new(ErrorKind::NoProgram, message)
                .hint(format!("install it: apt-get install postgresql-client-{needed} (Debian, Ubuntu), dnf install postgresql{needed} (Fedora, RHEL), brew install postgresql@{needed}"))
                .hint(format!("or put the folder of such a {program} into PATH")),
            BackupError::Program { program, said } => of_program(Self::new(kind_of(program), message), &said),
            BackupError::Secret { .. } => Self::usage(message)
                .hint("put it into a file that only you can read, and name that in PGSERVICEFILE"),
            BackupError::NotABackup { .. } => Self::new(ErrorKind::NotABackup, message)
                .cause("without it nobody can tell whether the whole of the database is in it")
                .hint("what pg_dump has written, pg_restore restores"),
            BackupError::OtherDialect { .. } => Self::new(ErrorKind::OtherDatabase, message),
            BackupError::OtherDatabase { .. } => Self::new(ErrorKind::OtherDatabase, message)
                .hint("where that is meant: --other-database"),
            BackupError::OlderServer { .. } => Self::new(ErrorKind::OlderServer, message)
                .hint("restore it on a server of that version or a later one"),
            BackupError::Damaged { .. } => Self::new(ErrorKind::Damaged, message)
                .hint("look for another one: revgraph backup --list"),
            BackupError::Differs { differences, .. } => {
                let told = Self::new(ErrorKind::BackupDiffers, message);
                differences.into_iter().fold(told, Self::cause)
            }
            BackupError::Roles { roles } => {
                let create = |told: Self, role: &String| told.hint(format!("make it: CREATE ROLE \"{role}\""));
                let told = Self::new(ErrorKind::MissingRoles, message);
                roles
                    .iter()
                    .fold(told, create)
                    .hint("or have everything belong to the role that restores: --no-owner")
            }
            BackupError::NotAllowed(_) => Self::new(ErrorKind::NotAllowed, message)
                .hint("let the role create databases, and own the one that is replaced: ALTER ROLE name CREATEDB"),
            BackupError::Protected { name, .. } | BackupError::Production { name, .. } => Self::new(ErrorKind::Protected, message)
                .hint(format!("if it is to be replaced all the same: --confirm {}", shell_words::quote(&name))),
            BackupError::Config(error) => error.into(),
            BackupError::Backend(error) => error.into(),
            BackupError::Cancelled(cancelled) => cancelled.into(),
        }
    }
}

fn kind_of(program: Tool) -> ErrorKind {
    match program {
        Tool::Dump => ErrorKind::PgDump,
        Tool::Restore => ErrorKind::PgRestore,
    }
}

fn of_io(told: Diagnostic, error: &std::io::Error) -> Diagnostic {
    let told = told.cause(error.to_string());
    match error.kind() {
        std::io::ErrorKind::StorageFull => told.hint("make room, or name a file on another disk"),
        _ => told,
    }
}

fn of_program(mut told: Diagnostic, said: &str) -> Diagnostic {
    told.causes.extend(said.lines().skip(1).map(str::to_owned));
    let hint = if said.contains("No space left") {
        "make room, or name a file on another disk"
    } else if said.contains("must be owner")
        || said.contains("must be member")
        || said.contains("must be able to SET ROLE")
    {
        "have everything belong to the role that restores: --no-owner"
    } else {
        return told;
    };
    told.hint(hint)
}
