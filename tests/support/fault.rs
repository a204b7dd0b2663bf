//! Faults put into a run of the binary: a library of a few lines, preloaded, sees the calls that reach a file or the
//! server.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What happens at a call, which is counted from 0.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The process is killed in the middle of it, as `kill -9` does.
    Kill(usize),
    /// The process is sent SIGTERM before it, and held until that must have been noticed.
    Terminate(usize),
    /// From it on no file takes more data.
    #[cfg(feature = "sqlite")]
    Full(usize),
}

impl Fault {
    /// Has a run of the binary meet the fault.
    pub fn put_into(self, command: &mut Command) {
        let fault = match self {
            Self::Kill(call) => format!("kill:{call}"),
            Self::Terminate(call) => format!("term:{call}"),
            #[cfg(feature = "sqlite")]
            Self::Full(call) => format!("full:{call}"),
        };
        command.env("LD_PRELOAD", library()).env("REVGRAPH_FAULT", fault);
    }
}

fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/fault.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fault-{}.so", std::process::id()));
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        let output = compiler.output().expect("a C compiler, which building SQLite and libpq takes too");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        library
    })
}
