//! `file_template`: what the names of new scripts are made of.

use super::suggestion::nearest;

/// The placeholders of a file name template, without their braces.
pub const TEMPLATE_PLACEHOLDERS: [&str; 9] =
    ["rev", "slug", "year", "month", "day", "hour", "minute", "second", "epoch"];

/// Why a file name template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A `{` without `}`, or the other way round.
    #[error("has a brace without its partner")]
    UnbalancedBrace,
    /// `{NAME}` with an unknown name.
    #[error("has the unknown placeholder {{{name}}}")]
    UnknownPlaceholder {
        /// The name.
        name: String,
        /// The placeholder that is spelt most like it.
        nearest: Option<&'static str>,
    },
    /// Python's `%(name)s`, as in Alembic's own templates.
    #[error("has a placeholder as Alembic writes it")]
    PercentPlaceholder,
    /// A name that would be outside the folder of the scripts.
    #[error("leaves the folder of the scripts")]
    OutsideFolder,
    /// A name that ends in `/`.
    #[error("names a folder and not a file")]
    NoFileName,
}

impl TemplateError {
    /// What to do about the error, where there is something to say.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownPlaceholder { nearest: Some(name), .. } => Some(format!("did you mean {{{name}}}?")),
            Self::UnknownPlaceholder { .. } | Self::UnbalancedBrace => Some(format!(
                "the placeholders are {}",
                TEMPLATE_PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(" ")
            )),
            Self::PercentPlaceholder => Some("write {rev} for %(rev)s, {year} for %(year)d".to_owned()),
            Self::OutsideFolder | Self::NoFileName => None,
        }
    }
}

/// Whether names made from the template lie in subfolders.
pub(super) fn makes_subfolders(template: &str) -> bool {
    template.contains('/')
}

/// Checks that only known placeholders are used and that the result is a relative path that stays within its folder.
///
/// # Errors
/// [`TemplateError`].
pub(super) fn check(template: &str) -> Result<(), TemplateError> {
    if template.contains("%(") {
        return Err(TemplateError::PercentPlaceholder);
    }
    let mut rest = template;
    while let Some(brace) = rest.find(['{', '}']) {
        let (_, from_brace) = rest.split_at(brace);
        let (name, after) = from_brace
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .ok_or(TemplateError::UnbalancedBrace)?;
        check_placeholder(name)?;
        rest = after;
    }
    if template.ends_with('/') {
        return Err(TemplateError::NoFileName);
    }
    if template.starts_with('/') || template.split('/').any(|part| part == "..") {
        return Err(TemplateError::OutsideFolder);
    }
    Ok(())
}

fn check_placeholder(name: &str) -> Result<(), TemplateError> {
    if TEMPLATE_PLACEHOLDERS.contains(&name) {
        return Ok(());
    }
    Err(TemplateError::UnknownPlaceholder {
        name: name.to_owned(),
        nearest: nearest(name, TEMPLATE_PLACEHOLDERS),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn templates_of_known_placeholders_are_accepted() {
        for template in [
            "{rev}_{slug}",
            "{year}{month}{day}_{hour}{minute}{second}_{rev}",
            "{year}/{month}/{rev}_{slug}",
            "{epoch}",
            "plain",
        ] {
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn other_templates_say_what_is_wrong() {
        use TemplateError::{NoFileName, OutsideFolder, PercentPlaceholder, UnbalancedBrace};
        for (template, error) in [
            ("{rev", UnbalancedBrace),
            ("rev}", UnbalancedBrace),
            ("%(rev)s_%(slug)s", PercentPlaceholder),
            ("/tmp/{rev}", OutsideFolder),
            ("../{rev}", OutsideFolder),
            ("{year}/", NoFileName),
        ] {
            assert_eq!(check(template), Err(error), "{template}");
        }
        let error = check("{rev}_{slugg}").unwrap_err();
        assert_eq!(error.hint().as_deref(), Some("did you mean {slug}?"));
    }

    proptest! {
        #[test]
        fn any_text_is_checked_without_a_panic(template in "[{}a-z/.é%(]*") {
            let _ = check(&template);
        }
    }
}
