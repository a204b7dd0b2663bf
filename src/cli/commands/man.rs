//! `revgraph man`.

use std::io;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::super::examples;
use super::super::output::{print_line, print_raw};
use crate::diagnostic::{Diagnostic, ExitStatus, from_here};

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write the pages of all commands into this folder, instead of the first page to standard output
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// Writes the manual pages of the command and its subcommands into a folder, or that of the command to standard output.
pub fn run(args: &ManArgs, declared: Command) -> Result<ExitStatus, Diagnostic> {
    let unwritable = |error: io::Error| Diagnostic::io("the manual page", &error);
    let mut root = declared.disable_help_subcommand(true);
    root.build();
    let Some(folder) = &args.directory else {
        print_raw(&page(&root, "").map_err(unwritable)?);
        return Ok(ExitStatus::Done);
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut pages = Vec::new();
    all_pages(&root, "", &mut pages).map_err(unwritable)?;
    for (file, page) in pages {
        std::fs::write(folder.join(file), page).map_err(unwritable)?;
    }
    print_line(&from_here(folder));
    Ok(ExitStatus::Done)
}

/// The file name and the text of the page of a command and of each below it.
fn all_pages(command: &Command, name: &str, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    pages.push((format!("{}.1", dashed(name)), page(command, name)?));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        all_pages(below, format!("{name} {}", below.get_name()).trim_start(), pages)?;
    }
    Ok(())
}

/// `revgraph-database-create`, as the page of `database create` is called.
fn dashed(name: &str) -> String {
    format!("revgraph {name}").trim_end().replace(' ', "-")
}

/// The page of a command, in roff.
fn page(command: &Command, name: &str) -> io::Result<String> {
    let man = Man::new(command.clone()).title(dashed(name));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    examples_section(name).to_writer(&mut text)?;
    man.render_version_section(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn examples_section(name: &str) -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["EXAMPLES"]);
    for (line, what) in examples::of(name) {
        section.control("TP", []).text([bold(line)]).text([roman(what)]);
    }
    section
}
