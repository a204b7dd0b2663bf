//! What pq-src's build script asks of openssl-sys: the folder of the headers, and the libraries to link.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match env::var("DEP_SYSTEM_OPENSSL_INCLUDE") {
        Ok(include) => println!("cargo::metadata=include={include}"),
        Err(_) => compile(),
    }
}

#[cfg(feature = "vendored")]
fn compile() {
    let built = openssl_src::Build::new().build();
    built.print_cargo_metadata();
}

#[cfg(not(feature = "vendored"))]
fn compile() {
    println!(
        "cargo::error=pkg-config finds no OpenSSL, and the feature `vendored`, which compiles it, is off"
    );
}
