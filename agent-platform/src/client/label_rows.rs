//! Listing, reading and creating label rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::hash::{AsHash, DataHash, FeatureHash, LabelHash, ProjectHash};

use super::PlatformClient;
use super::call::{Call, Effect, Scope};
use super::error::{Error, Result};
use super::label_row_filter::LabelRowFilter;
use super::label_row_metadata::LabelRowMetadata;
use super::legacy::QueryMethod;
use super::storage::SignedUrl;
use super::transport::ReceivedResponse;
use super::v2::{unclear, unreadable};

/// Maximum number of label rows per request (contract: `docs/contract/endpoints.md#get-label-rows`).
pub const MAX_LABEL_ROWS_PER_REQUEST: usize = 1000;

/// Options for reading label rows (contract: `docs/contract/endpoints.md#get-label-rows`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReadLabels {
    /// Return the links of data units as signed URLs. Don't save a row read with this option: the URLs would be saved
    /// too.
    pub get_signed_url: bool,
    /// Only objects of these classes, by feature hash.
    pub include_object_feature_hashes: Option<Vec<FeatureHash>>,
    /// Only classifications of these classes, by feature hash.
    pub include_classification_feature_hashes: Option<Vec<FeatureHash>>,
    /// Include reviews.
    pub include_reviews: bool,
    /// Include the export history.
    pub include_export_history: bool,
    /// Include archived labels.
    pub include_archived: bool,
}

#[derive(Serialize)]
struct ReadPayload<'a> {
    multi_request: bool,
    #[serde(flatten)]
    read: &'a ReadLabels,
}

#[derive(Serialize)]
struct CreateLabels<'a> {
    multi_request: bool,
    get_signed_url: bool,
    branch_name: &'a str,
}

/// The hash that identifies a row in a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Label,
    Data,
}

impl PlatformClient {
    /// Lists the label rows of a project without their labels (contract: section 8.3). Unknown hashes match nothing.
    ///
    /// # Errors
    /// Any variant of [`Error`].
    pub async fn list_label_rows(
        &self,
        project: impl Into<ProjectHash>,
        filter: &LabelRowFilter,
    ) -> Result<Vec<LabelRowMetadata>> {
        let call = self.label_row_listing(project.into(), filter)?;
        let answer = self.send(&call).await?;
        let entries: Vec<&RawValue> = self.legacy_response(&call, &answer)?;
        let rows: serde_json::Result<_> = entries.into_iter().map(LabelRowMetadata::read).collect();
        rows.map_err(|cause| unreadable(&call, &answer, cause))
    }

    /// Creates the call that lists label rows.
    pub(super) fn label_row_listing(&self, project: ProjectHash, filter: &LabelRowFilter) -> Result<Call> {
        let query = ("labelrowmetadata", QueryMethod::Get);
        let call = self.legacy::<&str, _>(Scope::Project(project), query, None, filter, Effect::Read)?;
        Ok(call.with_secret_answer(filter.client_metadata_as_signed_url))
    }

    /// Reads a label row with its labels, as JSON text (contract: section 8.4). `Box::<str>::from(row)` converts it
    /// without a copy to the text for `LabelRow::parse`.
    ///
    /// # Errors
    /// Any variant of [`Error`]; [`Error::UnexpectedAnswer`] if the response does not contain the row.
    pub async fn label_row(
        &self,
        project: impl Into<ProjectHash>,
        label_hash: impl AsHash<LabelHash>,
        read: &ReadLabels,
    ) -> Result<Box<RawValue>> {
        let hash = label_hash.as_hash();
        let (call, answer) = self.read_labels(project.into(), &[&hash], read).await?;
        let mut rows = self.rows(&call, &answer, Key::Label, &[&hash])?;
        rows.pop().ok_or_else(|| missing(&call, &answer, &hash))
    }

    /// Reads label rows with their labels, as JSON text in the order of the hashes. Sends one request per
    /// [`MAX_LABEL_ROWS_PER_REQUEST`] rows.
    ///
    /// # Errors
    /// Any variant of [`Error`]; [`Error::UnexpectedAnswer`] if a row is missing from a response.
    pub async fn label_rows<H: AsHash<LabelHash>>(
        &self,
        project: impl Into<ProjectHash>,
        label_hashes: &[H],
        read: &ReadLabels,
    ) -> Result<Vec<Box<RawValue>>> {
        let (project, hashes): (_, Vec<_>) = (project.into(), label_hashes.iter().map(AsHash::as_hash).collect());
        let hashes: Vec<&str> = hashes.iter().map(AsRef::as_ref).collect();
        let mut rows = Vec::with_capacity(hashes.len());
        for some in hashes.chunks(MAX_LABEL_ROWS_PER_REQUEST) {
            let (call, answer) = self.read_labels(project, some, read).await?;
            rows.append(&mut self.rows(&call, &answer, Key::Label, some)?);
        }
        Ok(rows)
    }

    /// Creates the label row of data without one on this branch, and returns it (contract: section 8.5). Not
    /// idempotent: it is not retried if the platform may have received it.
    ///
    /// # Errors
    /// Any variant of [`Error`].
    pub async fn create_label_row(
        &self,
        project: impl Into<ProjectHash>,
        data_hash: impl AsHash<DataHash>,
        branch: &str,
        signed_urls: SignedUrl,
    ) -> Result<Box<RawValue>> {
        let mut rows = self.create_label_rows(project, &[data_hash], branch, signed_urls).await?;
        // `create_label_rows` returns as many rows as hashes, or an error.
        Ok(rows.swap_remove(0))
    }

    /// Creates several label rows on one branch, and returns them in the order of the hashes. Sends one request per
    /// [`MAX_LABEL_ROWS_PER_REQUEST`] rows.
    ///
    /// # Errors
    /// Any variant of [`Error`]. The rows of earlier requests are then created.
    pub async fn create_label_rows<H: AsHash<DataHash>>(
        &self,
        project: impl Into<ProjectHash>,
        data_hashes: &[H],
        branch: &str,
        signed_urls: SignedUrl,
    ) -> Result<Vec<Box<RawValue>>> {
        let payload = CreateLabels { multi_request: true, get_signed_url: signed_urls.wanted(), branch_name: branch };
        let (project, hashes): (_, Vec<_>) = (project.into(), data_hashes.iter().map(AsHash::as_hash).collect());
        let hashes: Vec<&str> = hashes.iter().map(AsRef::as_ref).collect();
        let mut rows = Vec::with_capacity(hashes.len());
        for some in hashes.chunks(MAX_LABEL_ROWS_PER_REQUEST) {
            let query = ("labelrow", QueryMethod::Put);
            let call = self
                .legacy(Scope::Project(project), query, Some(some), &payload, Effect::NonIdempotent)?
                .with_secret_answer(signed_urls.wanted());
            let answer = self.send(&call).await?;
            rows.append(&mut self.rows(&call, &answer, Key::Data, some)?);
        }
        Ok(rows)
    }

    async fn read_labels(
        &self,
        project: ProjectHash,
        hashes: &[&str],
        read: &ReadLabels,
    ) -> Result<(Call, ReceivedResponse)> {
        let query = ("labelrow", QueryMethod::Get);
        let payload = ReadPayload { multi_request: true, read };
        let call = self
            .legacy(Scope::Project(project), query, Some(hashes), &payload, Effect::Read)?
            .with_secret_answer(read.get_signed_url);
        let answer = self.send(&call).await?;
        Ok((call, answer))
    }

    /// Returns the rows of a response in the order of the hashes. The response may have a different order.
    pub(super) fn rows(
        &self,
        call: &Call,
        answer: &ReceivedResponse,
        key: Key,
        hashes: &[&str],
    ) -> Result<Vec<Box<RawValue>>> {
        #[derive(Deserialize)]
        struct Hashes {
            #[serde(default)]
            label_hash: Option<String>,
            #[serde(default)]
            data_hash: Option<String>,
        }
        let rows: Vec<&RawValue> = self.legacy_response(call, answer)?;
        let mut by_hash = HashMap::with_capacity(rows.len());
        for row in rows {
            let Ok(found) = serde_json::from_str::<Hashes>(row.get()) else { continue };
            let hash = match key {
                Key::Label => found.label_hash,
                Key::Data => found.data_hash,
            };
            by_hash.extend(hash.map(|hash| (hash, row)));
        }
        let in_order = hashes.iter().map(|hash| match by_hash.get(*hash) {
            Some(row) => Ok((*row).to_owned()),
            None => Err(missing(call, answer, hash)),
        });
        in_order.collect()
    }
}

fn missing(call: &Call, answer: &ReceivedResponse, hash: &str) -> Error {
    let message = format!("The platform's answer does not hold the label row that was asked for: {hash}.");
    unclear(call, answer, Error::UnexpectedAnswer, message)
}
