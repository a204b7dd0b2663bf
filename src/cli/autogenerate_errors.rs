//! From what keeps a revision from being made to what the user reads.

use serde_json::json;

use super::differences;
use super::error::CliError;
use super::exit::ExitStatus;
use super::failed_run::with_failure;
use crate::alter::Refusal;
use crate::autogenerate::{AutogenerateError, DecisionError, DesiredError, ModelsError, NameError, Way};
use crate::catalog::Difference;
use crate::execute::ExecuteError;
use crate::prisma::{Problem, SchemaError};
use crate::scratch::ScratchError;
use crate::squash::RowDifference;

const UNCHANGED: &str = "nothing was written";

impl From<AutogenerateError> for CliError {
    fn from(error: AutogenerateError) -> Self {
        let message = error.to_string();
        match error {
            AutogenerateError::Scratch(error) => of_scratch(*error),
            AutogenerateError::Unreadable { excerpt, .. } => {
                Self::failed("sql_file", message).excerpt("", *excerpt).cause(UNCHANGED)
            }
            AutogenerateError::Refused(refusals) => refused(message, &refusals),
            AutogenerateError::Statement(failure) => {
                let told = Self::failed("generated", String::new());
                with_failure(told, "what was generated", &failure).cause(UNCHANGED)
            }
            AutogenerateError::Unsettled { way, differences }
            | AutogenerateError::Differs { way, differences } => differs(message, way, &differences),
            AutogenerateError::RowsDiffer { way, differences } => rows_differ(message, way, &differences),
            AutogenerateError::Draft(error) => error.into(),
            AutogenerateError::NewScript(error) => error.into(),
            AutogenerateError::Graph(problems) => {
                let told =
                    Self::new("scripts", ExitStatus::Differs, "the scripts would no longer be a history");
                problems.iter().fold(told, |told, problem| told.cause(problem.to_string()))
            }
            AutogenerateError::NoRandomness(_) => Self::failed("io", message),
            AutogenerateError::Script { revision, way, on_rows, error } => {
                let what = format!("the {way} script of {revision}");
                let told = match *error {
                    ExecuteError::Step(run) => {
                        let told = Self::new("autogenerate_differs", ExitStatus::Differs, String::new());
                        with_failure(told, &what, &run.failure)
                    }
                    other => {
                        let other: Self = other.into();
                        Self { kind: "autogenerate_differs", status: ExitStatus::Differs, message, ..other }
                    }
                };
                let rows = if on_rows { " with made-up rows" } else { "" };
                told.cause(format!("this happened on a scratch database{rows}; nothing was written"))
            }
        }
    }
}

/// What a schema is made of does not run: with what can be wrong beside the text.
fn of_scratch(error: ScratchError) -> CliError {
    let said = match &error {
        ScratchError::File { failure, .. } => failure.cause.database_error().cloned(),
        _ => None,
    };
    let told: CliError = error.into();
    let Some(said) = said else { return told };
    let is = |state: &str| said.sqlstate.as_deref() == Some(state);
    if is("42601") || said.message.contains("syntax error") {
        let dialect = if said.sqlstate.is_some() { "PostgreSQL" } else { "SQLite" };
        return told.hint(format!(
            "it was loaded into a scratch database of {dialect}, of the kind of the url; is it for another?"
        ));
    }
    if is("42704") && said.message.starts_with("role ") {
        return told.hint("scratch databases are on the server of the url: make the role there, or name a server that has it: scratch_url");
    }
    if said.message.starts_with("extension ") || is("58P01") {
        return told
            .hint("install it on the server of the scratch databases, or name one that has it: scratch_url");
    }
    told
}

impl From<DecisionError> for CliError {
    fn from(error: DecisionError) -> Self {
        let told = Self::new("decision", ExitStatus::Usage, error.to_string());
        match error {
            DecisionError::NoRename(_) => {
                told.hint("it is two names with a colon between them: --rename users.name:users.full_name")
            }
            DecisionError::NoFill(_) => {
                told.hint("it is a column and a SQL expression: --fill \"users.email=''\"")
            }
            DecisionError::Left(NameError::Several { .. })
            | DecisionError::Right(NameError::Several { .. }) => told.hint("put its schema before it"),
            DecisionError::NoColumn(_) => told.hint("name the table and the column: users.email"),
            _ => told,
        }
    }
}

fn refused(message: String, refusals: &[Refusal]) -> CliError {
    let told = CliError::failed("cannot_alter", message);
    let list: Vec<_> = refusals
        .iter()
        .map(|one| json!({ "object": one.object, "reason": one.reason, "ways_on": one.ways_on }))
        .collect();
    let mut told = told.field("refusals", list);
    if let [_, _, ..] = refusals {
        told = refusals.iter().fold(told, |told, one| told.cause(one.to_string()));
    }
    let told = told.cause(UNCHANGED);
    refusals.iter().flat_map(|one| &one.ways_on).fold(told, CliError::hint)
}

fn differs(message: String, way: Way, found: &[Difference]) -> CliError {
    let told = CliError::new("autogenerate_differs", ExitStatus::Differs, message)
        .field("differences", json!(found))
        .field("way", way.to_string())
        .cause(differences::lines(found).join("\n"))
        .cause(UNCHANGED);
    told.hint(match way {
        Way::Up => "`-` is what is wanted, `+` what the up scripts give",
        Way::Down => "`-` is what there was before, `+` what the down scripts leave",
    })
    .hint("write it without proof, and mend it by hand: --no-verify")
}

/// Values that a script loses and need not lose.
fn rows_differ(message: String, way: Way, found: &[RowDifference]) -> CliError {
    let mut told = CliError::new("autogenerate_rows", ExitStatus::Differs, message)
        .field("rows", json!(found))
        .field("way", way.to_string());
    for RowDifference { table, only_left, only_right, left, right } in found {
        told = told.cause(format!("{table}: {only_left} rows are missing, {only_right} are new"));
        told = left.iter().fold(told, |told, row| told.cause(format!("missing: {row}")));
        told = right.iter().fold(told, |told, row| told.cause(format!("new: {row}")));
    }
    told.cause(UNCHANGED)
        .hint("it was tried with made-up rows, whose values both schemas have a place for")
        .hint("write it without proof, and mend it by hand: --no-verify")
}

impl From<ModelsError> for CliError {
    fn from(error: ModelsError) -> Self {
        let message = error.to_string();
        match error {
            ModelsError::Io { source, .. } => Self::failed("io", message).cause(source.to_string()),
            ModelsError::Mixed { path } => Self::new("desired_schema", ExitStatus::Usage, message)
                .hint(format!("name what is meant: {}/schema.prisma", path.display())),
            ModelsError::OtherDialect { .. } => Self::new("desired_schema", ExitStatus::Usage, message)
                .hint("the provider of the datasource says which database the models are for"),
            ModelsError::Schema(SchemaError { problems }) => of_problems(problems),
        }
    }
}

/// All that is wrong in models, each at its place.
fn of_problems(problems: Vec<Problem>) -> CliError {
    let message = match problems.as_slice() {
        [only] => only.message.clone(),
        several => format!("the models have {} faults", several.len()),
    };
    let is_one = problems.len() == 1;
    let mut told = CliError::new("models", ExitStatus::Usage, message);
    for Problem { excerpt, message, help } in problems {
        told = told.excerpt(if is_one { String::new() } else { message }, excerpt);
        if let Some(help) = help.filter(|help| !told.hints.contains(help)) {
            told = told.hint(help);
        }
    }
    told
}

impl From<DesiredError> for CliError {
    fn from(error: DesiredError) -> Self {
        let message = error.to_string();
        match error {
            DesiredError::Files(error) => (*error).into(),
            DesiredError::Models(error) => error.into(),
            DesiredError::NotForDialect(dialect) => Self::new("desired_schema", ExitStatus::Usage, message)
                .hint(format!("add it in alembic.toml: schema = {{ {dialect} = \"schema.sql\" }}")),
            DesiredError::Program { source, .. } => Self::new("schema_command", ExitStatus::Usage, message)
                .cause(source.to_string())
                .hint("it is a list of a program and its arguments, run without a shell"),
            DesiredError::Failed { complaint, .. } => {
                let told = Self::failed("schema_command", message);
                if complaint.is_empty() { told } else { told.cause(complaint) }
            }
            DesiredError::NoText { .. } => Self::failed("schema_command", message),
            DesiredError::Nothing { .. } => {
                Self::failed("schema_command", message).hint("to drop everything: --to empty")
            }
        }
    }
}
