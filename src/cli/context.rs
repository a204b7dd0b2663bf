//! What every command starts from.

use std::collections::BTreeMap;
use std::env;
use std::mem::ManuallyDrop;
use std::thread;

use super::actor::actor;
use super::global_args::GlobalArgs;
use super::open_database::OpenDatabase;
use super::output::{print_line, tell};
use super::progress::Progress;
use crate::autogenerate::SideReader;
use crate::backend::{self, Access, Backend, BackendError, Control};
use crate::cancellation::Cancellation;
use crate::config::{Config, Sources, misspelt_variables};
use crate::diagnostic::Diagnostic;
use crate::execute::Options;
use crate::report::Told;
use crate::script::{ReadMode, ScriptDirectory, load_environment};

/// The scripts, which stay until the process ends: that is soon, and to take ten thousand revisions apart before would
/// take longer than to plan over them.
pub type Scripts = ManuallyDrop<ScriptDirectory>;

/// The configuration, and how much to say.
pub struct Context {
    pub config: Config,
    pub json: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub yes: bool,
    /// What a signal cancels, and what tells that something is waited for.
    pub control: Control,
}

impl Context {
    /// Reads the configuration that the global options, the environment and the current folder lead to; connects to nothing.
    pub fn new(global: GlobalArgs, cancellation: Cancellation) -> Result<Self, Diagnostic> {
        let current_directory =
            env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
        let environment = environment();
        for (name, meant) in misspelt_variables(&environment) {
            tell(&format!("warning: the variable {name} sets nothing; did you mean {meant}?"));
        }
        let sources = Sources {
            current_directory,
            config_file: global.config,
            section: global.name,
            url: global.url.map(|url| url.0),
            overrides: BTreeMap::new(),
            environment,
        };
        Ok(Self {
            config: Config::load(&sources)?,
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            yes: global.yes,
            control: control(cancellation, global.quiet),
        })
    }

    /// Reads the scripts of all version locations; without a configuration and without folders there is no environment.
    pub fn scripts(&self, mode: ReadMode) -> Result<Scripts, Diagnostic> {
        Ok(ManuallyDrop::new(load_environment(&self.config, mode)?))
    }

    /// Reads the schemas of sides, for this configuration.
    pub fn sides(&self) -> SideReader<'_> {
        SideReader { config: &self.config, control: &self.control }
    }

    /// Connects to the database. One that is to be changed is named before, a file that does not exist is told.
    pub fn connect(&self, access: Access) -> Result<OpenDatabase, Diagnostic> {
        let url = self.config.database_url()?;
        let is_missing = url.is_missing_file();
        let backend = backend::connect(&self.config, url, access, &self.control)?;
        match access {
            Access::Write if is_missing => self.say(&format!("database: {url} (a new file)")),
            Access::Write => self.say(&format!("database: {url}")),
            Access::Read if is_missing => {
                self.say(&format!("notice: {url}: there is no such file; it counts as an empty database"));
            }
            Access::Read => {}
        }
        Ok(OpenDatabase::new(backend))
    }

    /// Reads the scripts while a thread connects to the database and reads what the command needs of it: each takes a
    /// while where there is much of it. What was read stays, as the scripts do.
    pub fn scripts_and_database<R: Send>(
        &self,
        mode: ReadMode,
        access: Access,
        read: fn(&mut dyn Backend) -> Result<R, BackendError>,
    ) -> Result<(Scripts, OpenDatabase, ManuallyDrop<R>), Diagnostic> {
        let connect_and_read = || -> Result<_, Diagnostic> {
            let mut backend = self.connect(access)?;
            let read = read(backend.as_mut())?;
            Ok((backend, read))
        };
        thread::scope(|scope| {
            let connecting = scope.spawn(connect_and_read);
            let scripts = self.scripts(mode);
            let database = connecting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let (scripts, (backend, read)) = (scripts?, database?);
            Ok((scripts, backend, ManuallyDrop::new(read)))
        })
    }

    /// How runs of this command go about it, as the configuration says.
    pub fn options(&self) -> Options {
        Options {
            checksums: self.config.checksums,
            transaction: self.config.transaction,
            actor: actor(),
            confirmed: None,
            accepted_recorded: Vec::new(),
        }
    }

    /// Tells of steps on standard error, unless quiet.
    pub fn progress(&self) -> Progress {
        Progress::new(self.quiet, self.verbose)
    }

    /// Lines of a result, with messages between them unless quiet.
    pub fn show(&self, told: &[Told]) {
        for one in told {
            match one {
                Told::Result(line) => print_line(line),
                Told::Message(line) => self.say(line),
            }
        }
    }

    /// Tells a message on standard error, unless quiet.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            tell(line);
        }
    }
}

/// The variables of this process that are text.
pub fn environment() -> BTreeMap<String, String> {
    let variables = env::vars_os();
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Waits are told on standard error, unless quiet.
fn control(cancellation: Cancellation, quiet: bool) -> Control {
    let control = Control::new(cancellation);
    if quiet { control } else { control.telling(|what| tell(&format!("notice: {what}"))) }
}
