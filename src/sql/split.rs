//! Cuts a script into its statements.

use std::ops::Range;

use super::boundary::{Opening, Pending};
use super::{Dialect, LexError, Lexer, Statement, StatementKind, Token, TokenKind, copy_data};

/// The psql meta-commands that `pg_dump` writes (since 17.6, 16.10, …) and that mean nothing to a
/// script without other meta-commands.
const RESTRICTIONS: [&str; 2] = ["restrict", "unrestrict"];

/// The statements of `script`, in order.
///
/// Joined, the pieces of the statements are `script`. Every semicolon ends a piece, save those
/// inside a statement: PostgreSQL's between parentheses (`CREATE RULE … DO (…; …)`) and in
/// `BEGIN ATOMIC … END` function bodies, SQLite's in the bodies of triggers. What remains after the
/// last semicolon is a piece of its own, of kind [`StatementKind::Blank`] if it holds no statement.
///
/// # Errors
/// [`LexError`], if a token is left open, or the script holds what only psql could execute.
pub fn split(dialect: Dialect, script: &str) -> Result<Vec<Statement<'_>>, LexError> {
    if let Some(offset) = script.bytes().position(|byte| byte == 0) {
        return Err(LexError::Nul { offset });
    }
    Splitter::new(dialect, script).split()
}

struct Splitter<'a> {
    dialect: Dialect,
    script: &'a str,
    lexer: Lexer<'a>,
    statements: Vec<Statement<'a>>,
    /// Where the piece begins that is being read.
    piece_start: usize,
    pending: Pending,
}

impl<'a> Splitter<'a> {
    fn new(dialect: Dialect, script: &'a str) -> Self {
        Self {
            dialect,
            script,
            lexer: Lexer::new(dialect, script),
            statements: Vec::new(),
            piece_start: 0,
            pending: Pending::default(),
        }
    }

    fn split(mut self) -> Result<Vec<Statement<'a>>, LexError> {
        while let Some(token) = self.lexer.next().transpose()? {
            match token.kind {
                kind if kind.is_trivia() => {}
                TokenKind::MetaCommand => self.meta_command(token)?,
                TokenKind::Semicolon if self.pending.ends_at_semicolon() => self.end_at(token)?,
                _ => self.pending.push(self.dialect, self.script, token),
            }
        }
        self.end_of_script();
        Ok(self.statements)
    }

    fn meta_command(&mut self, token: Token) -> Result<(), LexError> {
        let command = self.script.get(token.start + 1..token.end);
        let command = command.unwrap_or_default();
        let is_restriction =
            command.split_whitespace().next().is_some_and(|name| RESTRICTIONS.contains(&name));
        if self.pending.body.is_some() || !is_restriction {
            return Err(LexError::MetaCommand {
                offset: token.start,
                name: meta_command_name(command).to_owned(),
            });
        }
        self.push(StatementKind::Restriction, token.end..token.end, None, token.end);
        Ok(())
    }

    fn end_at(&mut self, semicolon: Token) -> Result<(), LexError> {
        let Some(body) = self.pending.body.clone() else {
            let nothing = semicolon.start..semicolon.start;
            self.push(StatementKind::Blank, nothing, None, semicolon.end);
            return Ok(());
        };
        let body = body.start..semicolon.start;
        if self.pending.opening != Opening::CopyFromStdin {
            self.push(StatementKind::Sql, body, None, semicolon.end);
            return Ok(());
        }
        let (data, piece_end) = copy_data::after(self.script, semicolon.end)?;
        self.lexer.resume_at(piece_end);
        self.push(StatementKind::Sql, body, Some(data), piece_end);
        Ok(())
    }

    fn end_of_script(&mut self) {
        let end = self.script.len();
        match self.pending.body.clone() {
            Some(body) => {
                let from_stdin = self.pending.opening == Opening::CopyFromStdin;
                self.push(StatementKind::Sql, body, from_stdin.then_some(end..end), end);
            }
            None if self.piece_start < end => {
                self.push(StatementKind::Blank, end..end, None, end);
            }
            None => {}
        }
    }

    fn push(
        &mut self,
        kind: StatementKind,
        body: Range<usize>,
        copy_data: Option<Range<usize>>,
        piece_end: usize,
    ) {
        self.statements.push(Statement {
            dialect: self.dialect,
            script: self.script,
            kind,
            piece: self.piece_start..piece_end,
            body,
            copy_data,
        });
        self.piece_start = piece_end;
        self.pending = Pending::default();
    }
}

/// The name that a psql meta-command begins with, after its backslash. Arguments need no blank
/// before them, and may hold a password, so only what can be a name is taken.
fn meta_command_name(command: &str) -> &str {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let letters = command.find(|character| !is_name(character));
    let first = command.chars().next().map_or(0, char::len_utf8);
    let end = letters.unwrap_or(command.len()).max(first);
    command.get(..end).unwrap_or_default()
}
