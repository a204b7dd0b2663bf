//! Which Prisma the schema is read like.

/// The major version of Prisma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrismaVersion(pub u32);

impl PrismaVersion {
    /// The first whose join tables have a primary key on PostgreSQL.
    pub const SIX: Self = Self(6);
    /// What is taken where nothing tells the version.
    pub const LATEST: Self = Self(7);
    /// The oldest version of Prisma whose SQL is known.
    pub const OLDEST: Self = Self(4);

    /// The version of `7`, `6.19.0`, `^5.22.0`, `>=6`: the first number in the text, where it can be a version of
    /// Prisma.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let major = digits.get(..end)?.parse().ok()?;
        (major >= Self::OLDEST.0).then_some(Self(major))
    }

    /// The version in a `package.json`: that of `prisma`, else of `@prisma/client`, among the dependencies of any kind.
    #[must_use]
    pub fn of_package_json(text: &str) -> Option<Self> {
        let package: serde_json::Value = serde_json::from_str(text).ok()?;
        let kinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let of =
            |name: &str| kinds.iter().find_map(|kind| Self::parse(package.get(kind)?.get(name)?.as_str()?));
        of("prisma").or_else(|| of("@prisma/client"))
    }
}

impl Default for PrismaVersion {
    fn default() -> Self {
        Self::LATEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_first_number() {
        for text in ["6", "^6.19.0", "~6.1", ">=6 <8", "6.x"] {
            assert_eq!(PrismaVersion::parse(text), Some(PrismaVersion(6)), "{text}");
        }
        for text in ["latest", "", "*", "0.1", "99999999999999"] {
            assert_eq!(PrismaVersion::parse(text), None, "{text}");
        }
    }

    #[test]
    fn package_json_tells_it() {
        let json =
            r#"{"dependencies": {"@prisma/client": "5.1.0"}, "devDependencies": {"prisma": "^6.2.0"}}"#;
        assert_eq!(PrismaVersion::of_package_json(json), Some(PrismaVersion(6)));
        assert_eq!(PrismaVersion::of_package_json("{"), None);
    }
}
