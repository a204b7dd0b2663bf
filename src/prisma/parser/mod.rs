//! From tokens to blocks. A fault costs its line, so that all faults of a file are told at once.

mod expressions;

use super::lexer::{Token, TokenKind, tokens};
use super::source::{Fault, Place, SourceFile};
use super::syntax::{Arity, Block, Document, Field, Keyword, Member, Name, TypeName};

/// The blocks of the files, in the order of the files, and what is wrong in them. What is wrong costs its line alone.
pub(super) fn parse(files: &[SourceFile]) -> (Document, Vec<Fault>) {
    let mut document = Document::default();
    let mut faults = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let tokens = tokens(&file.text);
        let mut parser = Parser { text: &file.text, file: index, tokens: &tokens, at: 0, faults: Vec::new() };
        parser.blocks(&mut document.blocks);
        faults.append(&mut parser.faults);
    }
    (document, faults)
}

/// A fault that ends the line.
type Parsed<T> = Result<T, Fault>;

struct Parser<'t> {
    text: &'t str,
    file: usize,
    /// Ends with [`TokenKind::End`].
    tokens: &'t [Token],
    at: usize,
    faults: Vec<Fault>,
}

impl<'t> Parser<'t> {
    fn blocks(&mut self, blocks: &mut Vec<Block>) {
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::Newline | TokenKind::Comment | TokenKind::Documentation => self.advance(),
                _ => match self.block() {
                    Ok(block) => blocks.push(block),
                    Err(fault) => {
                        self.faults.push(fault);
                        self.skip_block();
                    }
                },
            }
        }
    }

    /// Goes on behind a block that does not begin as it should.
    fn skip_block(&mut self) {
        loop {
            self.skip_line();
            if *self.kind() == TokenKind::End {
                return;
            }
            self.advance();
            if self.is_mark("}") {
                return self.advance();
            }
            if Keyword::ALL.iter().any(|keyword| keyword.word() == self.slice()) {
                return;
            }
        }
    }

    fn block(&mut self) -> Parsed<Block> {
        let start = self.place();
        let word =
            self.name("a block begins with its keyword: model, enum, view, type, datasource or generator")?;
        let Some(keyword) = Keyword::ALL.into_iter().find(|keyword| keyword.word() == word.text) else {
            let known = Keyword::ALL.map(Keyword::word);
            let fault = Fault::new(&word.place, format!("`{}` begins no block", word.text));
            return Err(fault.suggest(&word.text, known));
        };
        let name = self.name("the name of the block is missing")?;
        if keyword == Keyword::Type && self.is_mark("=") {
            return Err(Fault::new(
                &start.to(&self.place()),
                "type aliases are no longer a part of the language",
            ));
        }
        self.expect("{", "`{` is missing here")?;
        self.end_of_line("nothing may stand behind `{` on its line")?;
        let members = self.members(keyword);
        let end = self.place();
        if self.take_mark("}") {
            if let Err(fault) = self.end_of_line("nothing may stand behind `}` on its line") {
                self.faults.push(fault);
                self.skip_line();
            }
        } else {
            self.faults
                .push(Fault::new(&name.place, format!("`{}` is not closed: `}}` is missing", name.text)));
        }
        Ok(Block { keyword, name, members, place: start.to(&end) })
    }

    /// Everything up to the closing brace or the end of the file.
    fn members(&mut self, keyword: Keyword) -> Vec<Member> {
        let mut members = Vec::new();
        loop {
            match self.kind() {
                TokenKind::Mark("}") | TokenKind::End => return members,
                TokenKind::Newline | TokenKind::Comment | TokenKind::Documentation => self.advance(),
                _ => match self.member(keyword) {
                    Ok(member) => members.push(member),
                    Err(fault) => {
                        self.faults.push(fault);
                        self.skip_line();
                    }
                },
            }
        }
    }

    fn member(&mut self, keyword: Keyword) -> Parsed<Member> {
        let member = match keyword {
            Keyword::Datasource | Keyword::Generator => self.setting()?,
            _ if self.is_mark("@@") => Member::Attribute(self.attribute()?),
            Keyword::Enum => Member::Field(self.field(false)?),
            Keyword::Model | Keyword::View | Keyword::Type => Member::Field(self.field(true)?),
        };
        self.end_of_line("this does not belong to the line")?;
        Ok(member)
    }

    fn setting(&mut self) -> Parsed<Member> {
        let name = self.name("a setting begins with its name")?;
        self.expect("=", "`=` is missing here")?;
        let value = self.value(0)?;
        Ok(Member::Setting(name, value))
    }

    fn field(&mut self, has_type: bool) -> Parsed<Field> {
        let name = self.name("a field begins with its name")?;
        check_name(&name)?;
        if self.is_mark(":") {
            return Err(Fault::new(&self.place(), "no `:` stands between a field and its type"));
        }
        let (type_name, arity) = if has_type {
            let (type_name, arity) = self.field_type(&name)?;
            (Some(type_name), arity)
        } else {
            (None, Arity::Required)
        };
        let mut attributes = Vec::new();
        while self.is_mark("@") {
            attributes.push(self.attribute()?);
        }
        let place = name.place.to(&self.previous());
        Ok(Field { name, type_name, arity, attributes, place })
    }

    fn field_type(&mut self, field: &Name) -> Parsed<(TypeName, Arity)> {
        if self.is_mark("[") {
            return Err(
                Fault::new(&self.place(), "a list is written with `[]` behind its type").help("Int[]")
            );
        }
        if *self.kind() != TokenKind::Word {
            return Err(Fault::new(&field.place, format!("the field `{}` has no type", field.text)));
        }
        let name = self.name("the type is missing")?;
        let type_name = if name.text == "Unsupported" {
            self.expect("(", "`Unsupported` takes the type in quotes")?;
            let place = self.place();
            let TokenKind::Text(text) = self.kind().clone() else {
                return Err(Fault::new(&place, "`Unsupported` takes the type in quotes"));
            };
            self.advance();
            self.expect(")", "`)` is missing here")?;
            TypeName::Unsupported(Name { text, place })
        } else {
            TypeName::Named(name)
        };
        Ok((type_name, self.arity()?))
    }

    fn arity(&mut self) -> Parsed<Arity> {
        if self.is_mark("!") {
            return Err(Fault::new(&self.place(), "a field without `?` is required: `!` is not written"));
        }
        if self.take_mark("?") {
            return Ok(Arity::Optional);
        }
        if self.take_mark("[") {
            self.expect("]", "`]` is missing here")?;
            if self.is_mark("?") {
                return Err(Fault::new(&self.place(), "a list cannot be optional"));
            }
            return Ok(Arity::List);
        }
        Ok(Arity::Required)
    }

    /// Reads names with dots between them as one, such as `db.VarChar`; `missing` is the fault where there is
    /// none.
    fn path(&mut self, missing: &'static str) -> Parsed<Name> {
        let mut path = self.name(missing)?;
        while self.take_mark(".") {
            let part = self.name("a name is missing behind the dot")?;
            path.text.push('.');
            path.text.push_str(&part.text);
            path.place = path.place.to(&part.place);
        }
        Ok(path)
    }

    fn name(&mut self, missing: &'static str) -> Parsed<Name> {
        if !matches!(self.kind(), TokenKind::Word | TokenKind::Number) || self.slice().starts_with('-') {
            return Err(self.unexpected(missing));
        }
        let name = Name { text: self.slice(), place: self.place() };
        self.advance();
        Ok(name)
    }

    fn expect(&mut self, mark: &'static str, missing: &'static str) -> Parsed<()> {
        if self.take_mark(mark) { Ok(()) } else { Err(self.unexpected(missing)) }
    }

    /// A comment may stand at the end of a line. Prisma drops what stands behind `{`; nothing is passed over here.
    fn end_of_line(&mut self, wrong: &'static str) -> Parsed<()> {
        if matches!(self.kind(), TokenKind::Comment | TokenKind::Documentation) {
            self.advance();
        }
        match self.kind() {
            TokenKind::Newline => {
                self.advance();
                Ok(())
            }
            TokenKind::End => Ok(()),
            _ => Err(self.unexpected(wrong)),
        }
    }

    fn skip_line(&mut self) {
        while !matches!(self.kind(), TokenKind::Newline | TokenKind::End) {
            self.advance();
        }
    }

    /// What is wrong where something else is expected: where no token is, that.
    fn unexpected(&self, otherwise: &str) -> Fault {
        match self.kind() {
            TokenKind::Wrong(reason) => Fault::new(&self.place(), *reason),
            _ => Fault::new(&self.place(), otherwise),
        }
    }

    fn token(&self) -> Option<&'t Token> {
        self.tokens.get(self.at).or_else(|| self.tokens.last())
    }

    fn kind(&self) -> &'t TokenKind {
        self.token().map_or(&TokenKind::End, |token| &token.kind)
    }

    fn place(&self) -> Place {
        let span = self.token().map_or(0..0, |token| token.span.clone());
        Place { file: self.file, span }
    }

    fn previous(&self) -> Place {
        let span = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0..0, |token| token.span.clone());
        Place { file: self.file, span }
    }

    fn slice(&self) -> String {
        let span = self.token().map_or(0..0, |token| token.span.clone());
        self.text.get(span).unwrap_or_default().to_owned()
    }

    fn is_mark(&self, mark: &str) -> bool {
        matches!(self.kind(), TokenKind::Mark(found) if *found == mark)
    }

    fn take_mark(&mut self, mark: &str) -> bool {
        let is_it = self.is_mark(mark);
        if is_it {
            self.advance();
        }
        is_it
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len().saturating_sub(1));
    }
}

/// Refuses a name with `-`, and one that begins with `_`.
pub(super) fn check_name(name: &Name) -> Result<(), Fault> {
    if !name.text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Fault::new(&name.place, "a name begins with a letter")
            .help("the name in the database is given by @map"));
    }
    if name.text.contains('-') {
        return Err(Fault::new(&name.place, "a name cannot have `-`")
            .help("the name in the database is given by @map"));
    }
    Ok(())
}
