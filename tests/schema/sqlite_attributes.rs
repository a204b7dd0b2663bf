//! Each attribute of each kind of object, altered alone.
