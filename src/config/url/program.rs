//! A database URL as a program gets it that works on the same database.

use std::fmt;

use super::{DatabaseUrl, SqliteLocation};

/// A database URL with its password, for the environment of a program. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct ProgramUrl(String);

impl ProgramUrl {
    /// The text of a URL as its user has `typed` it, since a program wants the scheme and the parameters that it knows;
    /// only the path of a SQLite file is absolute, as the program may run in another folder. Where nothing was typed it is
    /// put together.
    pub(in crate::config) fn of(url: &DatabaseUrl, typed: Option<&str>) -> Self {
        let typed = typed.map(str::trim);
        Self(match (url, typed) {
            (DatabaseUrl::Postgres(_), Some(typed)) => typed.to_owned(),
            (DatabaseUrl::Postgres(url), None) => url.with_password(),
            (DatabaseUrl::Sqlite(url), _) => match url.location() {
                SqliteLocation::Memory => typed.unwrap_or("sqlite://").to_owned(),
                SqliteLocation::File(path) => {
                    let typed = typed.unwrap_or_default();
                    let scheme = typed.split(':').next().filter(|scheme| !scheme.is_empty());
                    // Prisma's has the path right behind the scheme, SQLAlchemy's behind three slashes.
                    let slashes = if scheme == Some("file") { "" } else { "///" };
                    let query = typed.split_once('?').map(|(_, query)| format!("?{query}"));
                    let scheme = scheme.unwrap_or("sqlite");
                    format!("{scheme}:{slashes}{}{}", path.display(), query.unwrap_or_default())
                }
            },
        })
    }

    /// The URL with its password, to be handed to a program; `Debug` leaves it out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProgramUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgramUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_program_gets_the_url_in_the_form_that_it_knows() {
        for (typed, expected) in [
            ("postgresql+asyncpg://u:p%40w@h/d?ssl=true", "postgresql+asyncpg://u:p%40w@h/d?ssl=true"),
            ("sqlite:///dev.db", "sqlite:////base/dev.db"),
            ("sqlite+aiosqlite:///dev.db", "sqlite+aiosqlite:////base/dev.db"),
            ("sqlite:dev.db", "sqlite:////base/dev.db"),
            ("file:./dev.db?connection_limit=1", "file:/base/dev.db?connection_limit=1"),
        ] {
            let url = DatabaseUrl::parse(typed, Path::new("/base")).unwrap();
            assert_eq!(ProgramUrl::of(&url, Some(typed)).reveal(), expected);
        }
    }

    #[test]
    fn what_is_put_together_is_read_as_the_same_database() {
        let text = "postgresql://u%20x:p%40%2Fw@h,[::1]:5433/d%2Fe?sslmode=disable&schema=s";
        let url = DatabaseUrl::parse(text, Path::new("/base")).unwrap();
        let program = ProgramUrl::of(&url, None);
        assert_eq!(DatabaseUrl::parse(program.reveal(), Path::new("/base")), Ok(url));
        assert!(!format!("{program:?}").contains("p%40"));
    }
}
