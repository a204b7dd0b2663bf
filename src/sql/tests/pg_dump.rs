//! The output of a real `pg_dump` (15.18), which has most of what makes splitting hard.

use super::bodies;
use crate::sql::Dialect::Postgres;
use crate::sql::{Statement, StatementKind, split};

const DUMP: &str = include_str!("pg_dump.sql");

/// The only statement that begins with `beginning`.
fn statement(beginning: &str) -> Statement<'static> {
    let mut found: Vec<_> = split(Postgres, DUMP)
        .expect("the dump splits")
        .into_iter()
        .filter(|statement| statement.sql().starts_with(beginning))
        .collect();
    assert_eq!(found.len(), 1, "{beginning}");
    found.remove(0)
}

#[test]
fn every_statement_is_found() {
    let beginnings: Vec<_> = bodies(Postgres, DUMP)
        .iter()
        .map(|body| body.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        beginnings,
        [
            "SET statement_timeout =",
            "SET lock_timeout =",
            "SET idle_in_transaction_session_timeout =",
            "SET client_encoding =",
            "SET standard_conforming_strings =",
            "SELECT pg_catalog.set_config('search_path', '',",
            "SET check_function_bodies =",
            "SET xmloption =",
            "SET client_min_messages =",
            "SET row_security =",
            "CREATE TYPE public.mood",
            "SET default_tablespace =",
            "SET default_table_access_method =",
            "CREATE TABLE public.log",
            "CREATE TABLE public.note",
            "COMMENT ON TABLE",
            "CREATE PROCEDURE public.clear()",
            "CREATE FUNCTION public.count_notes(wanted",
            "CREATE FUNCTION public.quoted()",
            "CREATE FUNCTION public.touch()",
            "CREATE VIEW public.v",
            "COPY public.log (id,",
            "COPY public.note (id,",
            "ALTER TABLE ONLY",
            "CREATE RULE twice",
            "CREATE TRIGGER touched",
        ]
    );
}

#[test]
fn its_restrictions_are_the_only_other_pieces() {
    let others: Vec<_> = split(Postgres, DUMP)
        .expect("the dump splits")
        .iter()
        .filter(|statement| !statement.is_runnable())
        .map(Statement::kind)
        .collect();
    use StatementKind::{Blank, Restriction};
    assert_eq!(others, [Restriction, Restriction, Blank]);
}

#[test]
fn bodies_reach_their_end() {
    for (beginning, end) in [
        ("CREATE PROCEDURE public.clear", " DELETE FROM public.note;\nEND"),
        ("CREATE FUNCTION public.count_notes", "END AS \"case\";\nEND"),
        ("CREATE FUNCTION public.quoted", r"|| E'\''$_X$"),
        ("CREATE FUNCTION public.touch", "end;\n$_$"),
        ("CREATE VIEW public.v", "FROM public.note"),
        ("CREATE RULE twice", "WHERE (log.id = old.id);\n)"),
        ("COMMENT ON TABLE", r"'semi; it''s \ odd'"),
    ] {
        assert!(statement(beginning).sql().ends_with(end), "{beginning}");
    }
}

#[test]
fn its_copies_carry_their_rows() {
    assert_eq!(
        statement("COPY public.note").copy_data_text(),
        Some("1\ttab\\there; \\\\. and\\nnewline\thappy\n2\t\\N\tit's\n3\t\\\\.\thappy\n")
    );
    assert_eq!(statement("COPY public.log").copy_data_text(), Some("1\t2025-01-01 00:00:00+00\n"));
}
