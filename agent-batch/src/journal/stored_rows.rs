//! Compressed label rows in a file beside the journal.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Level of compression: fast, because label rows compress well anyway.
const LEVEL: u8 = 3;

/// Maximum size of a label row, in bytes.
const MAX_ROW_BYTES: usize = 1 << 30;

/// Position of a compressed row in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRow {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

pub(crate) fn compressed(row: &str) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(row.as_bytes(), LEVEL)
}

impl StoredRow {
    /// Reads the row.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub(crate) fn read(self, path: &Path) -> io::Result<String> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        file.take(self.length).read_to_end(&mut bytes)?;
        let row = miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, MAX_ROW_BYTES).ok();
        let row = row.and_then(|row| String::from_utf8(row).ok());
        row.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a stored label row is damaged"))
    }
}
