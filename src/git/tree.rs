//! The output of git's plumbing. Pure.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::ObjectId;

/// Reads `ls-tree -z`: `MODE TYPE NAME<TAB>PATH<NUL>` for each entry. What is neither a file nor has a path in UTF-8
/// is no script and left out.
pub(super) fn read_tree(output: &[u8]) -> BTreeMap<PathBuf, ObjectId> {
    let entries = output.split(|byte| *byte == 0).filter_map(|entry| std::str::from_utf8(entry).ok());
    entries.filter_map(read_entry).collect()
}

fn read_entry(entry: &str) -> Option<(PathBuf, ObjectId)> {
    let (meta, path) = entry.split_once('\t')?;
    let mut fields = meta.split(' ').skip(1);
    let (kind, name) = (fields.next()?, fields.next()?);
    (kind == "blob").then(|| (PathBuf::from(path), ObjectId(name.to_owned())))
}

/// Reads `cat-file --batch`: `NAME TYPE SIZE<LF>CONTENT<LF>` for each. None where one of them is missing.
pub(super) fn read_batch(mut output: &[u8], count: usize) -> Option<Vec<Vec<u8>>> {
    let mut contents = Vec::with_capacity(count);
    for _ in 0..count {
        let line_end = output.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(output.get(..line_end)?).ok()?;
        let size: usize = line.rsplit_once(' ')?.1.parse().ok()?;
        let start = line_end + 1;
        contents.push(output.get(start..start.checked_add(size)?)?.to_vec());
        output = output.get(start + size + 1..)?;
    }
    Some(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read() {
        let output = b"100644 blob aa\tversions/a b.up.sql\x00040000 tree bb\tversions/old\x00160000 commit cc\tsub\x00";
        let tree = read_tree(output);
        assert_eq!(
            tree.into_iter().collect::<Vec<_>>(),
            [(PathBuf::from("versions/a b.up.sql"), ObjectId("aa".to_owned()))]
        );
    }

    #[test]
    fn contents_may_hold_anything() {
        let output = b"aa blob 4\na\nb\n\nbb blob 0\n\ncc blob 9\ndd blob 1\n";
        let contents = read_batch(output, 3).expect("all are there");
        assert_eq!(contents, [b"a\nb\n".to_vec(), Vec::new(), b"dd blob 1".to_vec()]);
        assert_eq!(read_batch(b"aa missing\n", 1), None);
        assert_eq!(read_batch(b"aa blob 18446744073709551615\nx\n", 1), None);
        assert_eq!(read_batch(b"aa blob 4\nabc", 1), None);
    }
}
