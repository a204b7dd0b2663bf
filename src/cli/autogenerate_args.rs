//! The options of `revision --autogenerate`.

use clap::{Args, ValueEnum};

use crate::autogenerate::Said;

/// Options of `revision --autogenerate`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of --autogenerate")]
pub struct AutogenerateArgs {
    /// Write the scripts: what leads from the schema of the heads to the desired one, and back
    #[arg(long)]
    pub autogenerate: bool,
    /// The desired schema: `schema` (what the configuration names), `database`, a URL, a SQL file or folder, `empty`
    /// [default: schema]
    #[arg(long, value_name = "SIDE", requires = "autogenerate")]
    pub to: Option<String>,
    /// What there is: `database`, a URL, … [default: what the scripts build at the heads]
    #[arg(long, value_name = "SIDE", requires = "autogenerate")]
    pub from: Option<String>,
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// PostgreSQL: compare owners and grants also where the desired schema says nothing of them
    #[arg(long, requires = "autogenerate")]
    pub privileges: bool,
    /// Write nothing, and end with status 3 where a revision would not be empty
    #[arg(long, requires = "autogenerate")]
    pub check: bool,
    /// Copy what would be lost to tables of revgraph's first, from which the down script brings it back
    #[arg(long, requires = "autogenerate")]
    pub keep: bool,
    /// Write the scripts without proof; their header says so
    #[arg(long, requires = "autogenerate")]
    pub no_verify: bool,
}

/// What schemas alone do not tell.
#[derive(Debug, Args, Default)]
pub struct DecisionArgs {
    /// What is called otherwise now, as in `users:people` and `users.name:users.full_name`; repeatable
    #[arg(long, value_name = "OLD:NEW")]
    pub rename: Vec<String>,
    /// What goes and is not renamed, as in `users.name`; repeatable
    #[arg(long, value_name = "NAME")]
    pub drop: Vec<String>,
    /// What becomes of what may have been renamed
    #[arg(long, value_enum, default_value = "ask")]
    pub renames: RenamesArg,
    /// What missing values of a column become, as in `users.email=''`; repeatable
    #[arg(long, value_name = "COLUMN=EXPRESSION")]
    pub fill: Vec<String>,
    /// What may be built anew and filled with its old rows where it cannot be altered; repeatable
    #[arg(long, value_name = "NAME")]
    pub rebuild: Vec<String>,
    /// PostgreSQL: what holds up others least, in as many revisions as it takes
    #[arg(long)]
    pub online: bool,
}

impl DecisionArgs {
    /// What they say of the way between two schemas.
    pub fn said(&self) -> Said {
        Said {
            renames: self.rename.clone(),
            drops: self.drop.clone(),
            fills: self.fill.clone(),
            rebuilds: self.rebuild.clone(),
            nothing_else_is_renamed: self.renames == RenamesArg::None,
            online: self.online,
        }
    }
}

/// What becomes of what may have been renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum RenamesArg {
    /// It is asked for; where nobody can be asked and values are at stake, it is an error
    #[default]
    Ask,
    /// Nothing has been renamed: what is missing is dropped, what is new is added
    None,
}
