//! Other tools by their names.

/// Declares the tools that are known for one purpose, each by the name that is typed and told: an enum with all of them in
/// the order of their names, and the error of a name that is none of theirs.
macro_rules! tools {
    (
        $(#[$about:meta])*
        $kind:ident, $unknown:ident $sentence:literal
        $($(#[$doc:meta])* $tool:ident $name:literal)*
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $($(#[$doc])* $tool,)*
        }

        /// A name that is none of the tools'.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error($sentence)]
        pub struct $unknown(pub String);

        impl $kind {
            /// All of them, by name.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$tool),*];

            /// The tool's name, as it is typed and told.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$tool => $name,)*
                }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.name())
            }
        }

        impl std::str::FromStr for $kind {
            type Err = $unknown;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL.into_iter().find(|tool| tool.name() == name).ok_or_else(|| $unknown(name.to_owned()))
            }
        }

        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

pub(crate) use tools;
