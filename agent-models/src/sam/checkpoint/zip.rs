//! Reading of uncompressed ZIP archives, which is how `PyTorch` stores checkpoints.

use std::collections::HashMap;
use std::ops::Range;

const END_OF_DIRECTORY: [u8; 4] = *b"PK\x05\x06";
const DIRECTORY_ENTRY: [u8; 4] = *b"PK\x01\x02";
const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";

/// Returns the byte range of every file in an archive by its name. `None` for malformed or compressed archives.
pub(super) fn entries(archive: &[u8]) -> Option<HashMap<String, Range<usize>>> {
    // The record at the end has 22 bytes, and a comment of at most 65,535 bytes.
    let first = archive.len().saturating_sub(22 + 65_535);
    let end = archive.get(first..)?.windows(4).rposition(|window| window == END_OF_DIRECTORY)? + first;
    let count = short(archive, end + 10)?;
    let mut at = long(archive, end + 16)?;
    let mut entries = HashMap::new();
    for _ in 0..count {
        if archive.get(at..at + 4)? != DIRECTORY_ENTRY || short(archive, at + 10)? != 0 {
            return None;
        }
        let (size, header) = (long(archive, at + 24)?, long(archive, at + 42)?);
        let name_end = at + 46 + short(archive, at + 28)?;
        let name = std::str::from_utf8(archive.get(at + 46..name_end)?).ok()?;
        if archive.get(header..header + 4)? != LOCAL_HEADER {
            return None;
        }
        let start = header + 30 + short(archive, header + 26)? + short(archive, header + 28)?;
        let range = start..start.checked_add(size)?;
        archive.get(range.clone())?;
        entries.insert(name.to_owned(), range);
        at = name_end + short(archive, at + 30)? + short(archive, at + 32)?;
    }
    Some(entries)
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}
