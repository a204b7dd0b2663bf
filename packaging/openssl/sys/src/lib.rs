//! Stands in the place of the crate `openssl-sys` where this repository is built (`[patch]` in its `Cargo.toml`).
//!
//! With its feature `vendored` that crate compiles OpenSSL for minutes even where the system has it, unless a variable
//! says no; without, it fails where the system has none. This one decides by what is there. Nothing here is called
//! from Rust: libpq is C.

// Its build script tells the linker where the system's libraries are.
use system_openssl as _;
