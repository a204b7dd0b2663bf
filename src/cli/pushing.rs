//! Statements that make a database like a schema, shown before they run.

use super::autogeneration;
use super::context::Context;
use crate::autogenerate::{Course, Planner, Stake, script_legs, sql_of};

/// Shows the statements, and what is at stake.
pub fn show(context: &Context, planner: &Planner<'_>, course: &Course, stakes: &[Stake<'_>]) {
    if !context.json {
        let legs = script_legs(&[(planner.dialect(), course)], false);
        super::output::print_raw(&sql_of(&legs));
        autogeneration::tell_stakes(context, stakes);
    }
}
