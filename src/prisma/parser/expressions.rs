//! Attributes, and the values in them.

use super::super::lexer::TokenKind;
use super::super::source::Fault;
use super::super::syntax::{Argument, Attribute, Expression, Name, Value};
use super::{Parsed, Parser};

/// Values inside values; a schema has two or three.
const DEEPEST: usize = 32;

impl Parser<'_> {
    /// Reads an attribute with its arguments, from its `@` or `@@` on.
    pub(super) fn attribute(&mut self) -> Parsed<Attribute> {
        let start = self.place();
        self.advance();
        let name = self.path("the name of the attribute is missing")?;
        let arguments = if self.is_mark("(") { self.arguments(0)? } else { Vec::new() };
        Ok(Attribute { name, arguments, place: start.to(&self.previous()) })
    }

    /// Reads arguments from their `(` to their `)`.
    fn arguments(&mut self, depth: usize) -> Parsed<Vec<Argument>> {
        self.separated(")", "`,` or `)` is missing here", |parser| parser.argument(depth))
    }

    /// Reads what stands between commas, from the mark that opens it to `closing`; a comma may end it.
    fn separated<T>(
        &mut self,
        closing: &'static str,
        missing: &'static str,
        mut read: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.advance();
        let mut found = Vec::new();
        while !self.take_mark(closing) {
            if !found.is_empty() {
                self.expect(",", missing)?;
                if self.take_mark(closing) {
                    break;
                }
            }
            found.push(read(self)?);
        }
        Ok(found)
    }

    fn argument(&mut self, depth: usize) -> Parsed<Argument> {
        let is_named = *self.kind() == TokenKind::Word
            && self.tokens.get(self.at + 1).is_some_and(|next| next.kind == TokenKind::Mark(":"));
        let name = if is_named {
            let name = self.name("the name of the argument is missing")?;
            self.advance();
            Some(name)
        } else {
            None
        };
        Ok(Argument { name, value: self.value(depth)? })
    }

    /// Reads a value; `depth` is how many values it stands in.
    ///
    /// # Errors
    /// A fault at what is no value, and where values are nested too deep.
    pub(super) fn value(&mut self, depth: usize) -> Parsed<Expression> {
        let place = self.place();
        if depth > DEEPEST {
            return Err(Fault::new(&place, "values are nested too deep"));
        }
        let value = match self.kind().clone() {
            TokenKind::Text(text) => {
                self.advance();
                Value::Text(text)
            }
            TokenKind::Number => {
                let number = self.slice();
                self.advance();
                Value::Number(number)
            }
            TokenKind::Word => {
                let name = self.path("a value is missing here")?;
                if self.is_mark("(") {
                    Value::Call(name.text, self.arguments(depth + 1)?)
                } else {
                    Value::Word(name.text)
                }
            }
            TokenKind::Mark("[") => Value::List(self.list(depth)?),
            TokenKind::Mark("{") => Value::Object(self.object(depth)?),
            _ => return Err(self.unexpected("a value is missing here")),
        };
        Ok(Expression { value, place: place.to(&self.previous()) })
    }

    /// Reads a list from its `[` to its `]`.
    fn list(&mut self, depth: usize) -> Parsed<Vec<Expression>> {
        self.separated("]", "`,` or `]` is missing here", |parser| parser.value(depth + 1))
    }

    /// Reads the named values of an object from its `{` to its `}`.
    fn object(&mut self, depth: usize) -> Parsed<Vec<(Name, Expression)>> {
        self.separated("}", "`,` or `}` is missing here", |parser| {
            let name = parser.name("a field is missing here")?;
            parser.expect(":", "`:` is missing here")?;
            Ok((name, parser.value(depth + 1)?))
        })
    }
}
