//! Paths on the command line that something is written to.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};

/// Reads the path of a file or folder that is to be made. A database URL is none: a folder would be made that has the
/// password in its name.
pub fn path_to_write() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(no_url)
}

fn no_url(path: PathBuf) -> Result<PathBuf, &'static str> {
    const SCHEMES: [&str; 4] = ["postgres", "postgresql", "sqlite", "file"];
    let text = path.to_string_lossy();
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if text.contains("://") || scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.as_str())) {
        return Err("it is a URL, and a path is wanted here; a database is named by --url");
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_no_path() {
        for text in ["postgres://u:p@h/d", "sqlite:dev.db", "POSTGRESQL:u:p@h", "mysql://h"] {
            assert!(no_url(text.into()).is_err(), "{text}");
        }
        for text in ["out", "./a:b", "C:\\out", "/srv/backup.dump"] {
            assert!(no_url(text.into()).is_ok(), "{text}");
        }
    }
}
