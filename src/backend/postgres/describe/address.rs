//! Objects of the system catalogs, by their OIDs.

/// The system catalogs that hold objects; their OIDs are the same in every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub(super) enum Class {
    Type = 1247,
    Routine = 1255,
    Relation = 1259,
    AttributeDefault = 2604,
    Constraint = 2606,
    Schema = 2615,
    Rule = 2618,
    Trigger = 2620,
    Extension = 3079,
    Policy = 3256,
    Publication = 6104,
    PublicationMember = 6106,
    PublicationSchema = 6237,
}

impl Class {
    /// Those whose objects stand for themselves, and are no parts of others.
    pub(super) const WITH_OBJECTS: [Self; 5] =
        [Self::Type, Self::Routine, Self::Relation, Self::Schema, Self::Extension];
}

/// The OID of a system catalog, and that of an object in it.
pub(super) type Address = (u32, u32);
