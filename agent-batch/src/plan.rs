//! The list of data units of a run, on disk.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use agent_platform::client::{DataType, LabelRowFilter, LabelRowMetadata, PlatformClient};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::BatchError;

/// Number of times that the platform's list is read if the connection breaks.
const MAX_LISTINGS: u32 = 3;

/// A data unit of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Unit {
    pub(crate) data: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// Label hash; `None` if there was no label row when the run was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Number of frames.
    pub(crate) frames: u64,
    /// UUID of the storage item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<Uuid>,
    /// Width and height of a frame in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<(u64, u64)>,
    #[serde(default)]
    pub(crate) is_image: bool,
}

/// The data units of a run: a file of JSON lines. Only one unit at a time is in memory.
#[derive(Debug)]
pub(crate) struct Plan {
    path: PathBuf,
    lines: std::io::Lines<BufReader<File>>,
    next: usize,
}

impl Plan {
    /// Lists the data units of a project into a file, and returns their number. The file is complete or does not exist.
    ///
    /// # Errors
    /// The platform cannot be read, or the file cannot be written.
    pub(crate) async fn write(
        path: &Path,
        platform: &PlatformClient,
        project: Uuid,
        filter: &LabelRowFilter,
    ) -> Result<usize, BatchError> {
        let temporary = path.with_extension("plan.tmp");
        let mut listings = 1;
        let units = loop {
            match Self::list(&temporary, platform, project, filter).await {
                Err(BatchError::Platform(error)) if error.is_retryable() && listings < MAX_LISTINGS => listings += 1,
                other => break other?,
            }
        };
        std::fs::rename(&temporary, path).map_err(BatchError::write(path))?;
        Ok(units)
    }

    async fn list(
        path: &Path,
        platform: &PlatformClient,
        project: Uuid,
        filter: &LabelRowFilter,
    ) -> Result<usize, BatchError> {
        let mut file = BufWriter::new(File::create(path).map_err(BatchError::write(path))?);
        let mut units = 0;
        let mut rows = platform.stream_label_rows(project, filter).await?;
        while let Some(row) = rows.next().await? {
            let mut line = serde_json::to_vec(&Unit::from(row)).unwrap_or_default();
            line.push(b'\n');
            file.write_all(&line).map_err(BatchError::write(path))?;
            units += 1;
        }
        let file = file.into_inner().map_err(|error| BatchError::write(path)(error.into_error()))?;
        file.sync_all().map_err(BatchError::write(path))?;
        Ok(units)
    }

    /// Opens the list of a run.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, BatchError> {
        let file = File::open(path).map_err(BatchError::read(path))?;
        Ok(Self { path: path.to_owned(), lines: BufReader::new(file).lines(), next: 0 })
    }

    /// Returns the next data unit with its number, from 0.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub(crate) fn next(&mut self) -> Result<Option<(usize, Unit)>, BatchError> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        let line = line.map_err(BatchError::read(&self.path))?;
        let number = self.next;
        self.next += 1;
        let unit = serde_json::from_str(&line).map_err(|error| BatchError::Damaged {
            path: self.path.clone(),
            line: self.next,
            reason: error.to_string(),
        })?;
        Ok(Some((number, unit)))
    }
}

impl From<LabelRowMetadata> for Unit {
    fn from(row: LabelRowMetadata) -> Self {
        Self {
            label: row.label_hash.map(|hash| hash.to_string()),
            frames: row.number_of_frames.unwrap_or(1),
            item: row.backing_item_uuid,
            size: row.width.zip(row.height),
            is_image: row.data_type == DataType::Image,
            title: row.data_title,
            data: row.data_hash,
        }
    }
}
