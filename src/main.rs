//! The `revgraph` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    revgraph::cli::main()
}
