//! Looks for the system's OpenSSL. A crate of its own, because Cargo shows the warnings of a build script when it
//! has ended: one that then compiled OpenSSL for minutes would tell of it after them.

use std::env;

/// What openssl-sys calls the variable: unset decides by what is here, `0` compiles, all else takes the system's.
const CHOICE: &str = "OPENSSL_NO_VENDOR";

/// libpq 18 asks for it (PostgreSQL's `configure`).
const OLDEST: &str = "1.1.1";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={CHOICE}");
    let choice = env::var_os(CHOICE);
    if choice.as_ref().is_some_and(|choice| choice == "0") {
        return;
    }
    match pkg_config::Config::new().atleast_version(OLDEST).probe("openssl") {
        Ok(found) => {
            // pkg-config can leave out the folder in which every compiler looks.
            let include =
                found.include_paths.first().map_or("/usr/include".as_ref(), |folder| folder.as_path());
            println!("cargo::metadata=include={}", include.display());
        }
        Err(_) if choice.is_some() => {
            println!("cargo::error={CHOICE} is set, but pkg-config finds no OpenSSL {OLDEST} or later")
        }
        Err(_) => println!(
            "cargo::warning=OpenSSL is compiled from source, which takes some minutes once; where pkg-config finds \
             OpenSSL {OLDEST} or later, that is used (Debian and Ubuntu: apt-get install pkg-config libssl-dev)"
        ),
    }
}
