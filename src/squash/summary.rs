//! What is told of a baseline: in its header, and of values that differ from replay to replay. Pure.

use std::collections::BTreeSet;

use super::volatile::VolatileCells;
use super::{Mode, Outcome, Proof, Treatment, VolatileColumn};
use crate::backend::Contents;
use crate::graph::RevisionId;

/// What the header says of where a baseline comes from. No line of it may look like a key.
pub(super) fn of(originals: &[&RevisionId], mode: Mode, proofs: &[Proof], no_transaction: bool) -> String {
    let from = match originals {
        [first, .., last] => format!("{} revisions, {first}…{last}", originals.len()),
        [only] => only.to_string(),
        [] => String::new(),
    };
    let mut text = format!("Squashed from {from}; {}.", proved(proofs));
    for proof in proofs {
        if proof.outcome == Outcome::NotAtHand && mode == Mode::Schema {
            text.push_str(&format!("\nFor {} the originals stand one after the other.", proof.dialect));
        }
        text.push_str(&volatile_lines(proof));
        if !proof.left_behind.is_empty() {
            let left = proof.left_behind.join(", ");
            let dialect = proof.dialect;
            text.push_str(&format!(
                "\nIts down script leaves behind what those of the originals do on {dialect}: {left}"
            ));
        }
    }
    if no_transaction {
        text.push_str("\nIt runs outside of a transaction, as an original does.");
    }
    text
}

/// On what it was proved.
fn proved(proofs: &[Proof]) -> String {
    let version = |proof: &Proof| match &proof.outcome {
        Outcome::Proved { version } => Some(version.clone()),
        Outcome::NotAsked | Outcome::NotAtHand => None,
    };
    let versions: Vec<String> = proofs.iter().filter_map(version).collect();
    let others = proofs.iter().filter(|proof| version(proof).is_none());
    let others: Vec<&str> = others.map(|proof| proof.dialect.name()).collect();
    match (versions.as_slice(), others.as_slice()) {
        ([], _) => "not proved".to_owned(),
        (versions, []) => format!("proved equal on {}", versions.join(" and ")),
        (versions, others) => {
            format!("proved equal on {}, not on {}", versions.join(" and "), others.join(" and "))
        }
    }
}

fn volatile_lines(proof: &Proof) -> String {
    let treatments = [
        (Treatment::LeftToDefault, "Left to their default"),
        (Treatment::Written, "Written as they were once"),
        (Treatment::ComputedAnew, "Computed anew"),
    ];
    let mut text = String::new();
    for (treatment, words) in treatments {
        let columns = proof.volatile.iter().filter(|column| column.treatment == treatment);
        let names: Vec<String> = columns.map(|one| format!("{}.{}", one.table.name, one.column)).collect();
        if !names.is_empty() {
            let (names, dialect) = (names.join(", "), proof.dialect);
            text.push_str(&format!("\n{words}, as they differ from replay to replay on {dialect}: {names}"));
        }
    }
    text
}

/// The columns of volatile cells, of which some are loose: not held against a baseline.
pub(super) fn volatile_columns(
    (volatile, loose): (&VolatileCells, &VolatileCells),
    contents: &Contents,
    mode: Mode,
) -> Vec<VolatileColumn> {
    let mut found = BTreeSet::new();
    for (table, cells) in volatile.tables() {
        let Some(rows) = contents.tables.get(table) else { continue };
        for cell in cells {
            let is_loose = loose.of(table).is_some_and(|cells| cells.contains(cell));
            let treatment = match (mode, is_loose) {
                (Mode::Concat, _) => Treatment::ComputedAnew,
                (Mode::Schema, true) => Treatment::LeftToDefault,
                (Mode::Schema, false) => Treatment::Written,
            };
            found.extend(rows.columns.get(cell.1).map(|column| (table, column, treatment)));
        }
    }
    let column = |(table, column, treatment): (&crate::catalog::ObjectName, &String, Treatment)| {
        VolatileColumn { table: table.clone(), column: column.clone(), treatment }
    };
    found.into_iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ObjectKind, ObjectName};
    use crate::sql::Dialect::{Postgres, Sqlite};

    #[test]
    fn it_says_what_was_proved_and_what_not() {
        let proved = Outcome::Proved { version: "SQLite 3".to_owned() };
        let at = VolatileColumn {
            table: ObjectName::new(ObjectKind::Table, None, "t"),
            column: "at".to_owned(),
            treatment: Treatment::LeftToDefault,
        };
        let proofs = [
            Proof {
                dialect: Postgres,
                outcome: Outcome::NotAtHand,
                volatile: Vec::new(),
                left_behind: Vec::new(),
            },
            Proof {
                dialect: Sqlite,
                outcome: proved,
                volatile: vec![at],
                left_behind: vec!["table t".to_owned()],
            },
        ];
        let ids = ["a", "b", "c"].map(RevisionId::recorded);
        let ids: Vec<&RevisionId> = ids.iter().collect();
        assert_eq!(
            of(&ids, Mode::Schema, &proofs, true),
            "Squashed from 3 revisions, a…c; proved equal on SQLite 3, not on postgres.\n\
             For postgres the originals stand one after the other.\n\
             Left to their default, as they differ from replay to replay on sqlite: t.at\n\
             Its down script leaves behind what those of the originals do on sqlite: table t\n\
             It runs outside of a transaction, as an original does."
        );
        assert_eq!(of(&ids[..1], Mode::Concat, &[], false), "Squashed from a; not proved.");
    }
}
