//! `revgraph completions`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::env::Shells;

use super::super::output::print_raw;
use crate::diagnostic::{Diagnostic, ExitStatus};

/// The variable in which a shell asks for candidates.
pub const VARIABLE: &str = "REVGRAPH_COMPLETE";

/// The shells that are known.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Bash takes words apart at `:`, `=` and `@`, which stand within ranges and `LABEL@head`. This puts them together
/// again, and takes from the candidates what bash takes for words before the last.
const WHOLE_WORDS: &str = r#"
_revgraph() {
    local line=${COMP_LINE:0:COMP_POINT} last=$2 word offered
    local -a whole=()
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ ${#whole[@]} -eq 0 || $line == [[:space:]]* ]]; then
            line=${line#"${line%%[![:space:]]*}"}
            whole+=("")
        fi
        word=${word:0:${#line}}
        whole[${#whole[@]}-1]+=$word
        line=${line:${#word}}
    done
    local -a COMP_WORDS=("${whole[@]}")
    local COMP_CWORD=$((${#whole[@]} - 1))
    word=${whole[COMP_CWORD]}
    _clap_complete_revgraph "$1" "$word" "$3"
    for offered in "${!COMPREPLY[@]}"; do
        COMPREPLY[offered]=${COMPREPLY[offered]#"${word%"$last"}"}
    done
}
complete -o nospace -o bashdefault -o nosort -F _revgraph revgraph 2>/dev/null ||
    complete -o nospace -o bashdefault -F _revgraph revgraph
"#;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(SHELLS))]
    pub shell: String,
}

/// Prints the completion script of a shell, which calls `revgraph` again while somebody types.
pub fn run(args: &CompletionsArgs) -> Result<ExitStatus, Diagnostic> {
    let shells = Shells::builtins();
    let mut script = Vec::new();
    if let Some(shell) = shells.completer(&args.shell) {
        let written = shell.write_registration(VARIABLE, "revgraph", "revgraph", "revgraph", &mut script);
        written.map_err(|error| Diagnostic::io("the completions", &error))?;
    }
    if args.shell == "bash" {
        script.extend_from_slice(WHOLE_WORDS.as_bytes());
    }
    print_raw(&String::from_utf8_lossy(&script));
    Ok(ExitStatus::Done)
}
