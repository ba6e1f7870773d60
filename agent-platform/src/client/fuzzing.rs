//! Parsing of responses without a network, for the fuzz target `envelope`. Compiled with
//! `--cfg agent_platform_fuzzing` only.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::PlatformClient;
use super::agent_tasks::AgentTask;
use super::call::{Call, Effect, Endpoint, Scope};
use super::error::Result;
use super::label_row_metadata::LabelRowMetadata;
use super::label_rows::Key;
use super::paging::Page;
use super::project::{Branch, Dataset, Project};
use super::query::Query;
use super::retry_after::RetryAfter;
use super::storage_item::StorageItem;
use super::trace::TraceId;
use super::transport::ReceivedResponse;
use super::user::UserProject;
use super::v2::unreadable;
use crate::hash::ProjectHash;

/// Statuses of the v2 family that map to a specific error (contract: `docs/contract/endpoints.md#v2-responses`).
const ERRORS: [u16; 11] = [301, 304, 400, 401, 403, 404, 405, 409, 413, 429, 500];

/// The result of parsing a response as the response to one kind of call.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading {
    /// The kind of call.
    pub asked: &'static str,
    /// `true` if the envelope determines the result, `false` if the status does.
    pub legacy: bool,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The JSON texts passed on unchanged, if there are any, or the error.
    pub result: Result<Vec<String>>,
}

impl PlatformClient {
    /// Parses a body as the response to each kind of call, with each status of special meaning. `label_hashes` are the
    /// requested label rows. Sends no request.
    #[must_use]
    pub fn readings(&self, body: &[u8], label_hashes: &[&str]) -> Vec<Reading> {
        let mut readings = Vec::new();
        for status in [200, 413, 429] {
            self.legacy_readings(&self.received(status, body), label_hashes, &mut readings);
        }
        self.v2_readings(&self.received(200, body), &mut readings);
        for status in ERRORS {
            readings.push(self.v2_reading::<Project>("an error", &self.received(status, body)));
        }
        readings.push(self.v2_reading::<Project>("a project, without content", &self.received(204, body)));
        readings
    }

    fn received(&self, status: u16, body: &[u8]) -> ReceivedResponse {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let (retry_after, body) = (RetryAfter::default(), body.to_vec());
        ReceivedResponse { status, retry_after, content_type: None, body, trace, memory: None }
    }

    fn legacy_readings(&self, answer: &ReceivedResponse, label_hashes: &[&str], readings: &mut Vec<Reading>) {
        let url = self.shared.domain.legacy(false);
        let call = Call::new(
            Endpoint::Legacy(Scope::Project(ProjectHash(Uuid::nil()))),
            Method::POST,
            url,
            Effect::NonIdempotent,
        );
        let mut push = |asked, result| readings.push(Reading { asked, legacy: true, status: answer.status, result });
        push("label rows without labels", self.listing(&call, answer));
        let rows = self.rows(&call, answer, Key::Label, label_hashes);
        push("label rows", rows.map(|rows| rows.iter().map(|row| row.get().to_owned()).collect()));
        push("an acknowledgement", self.legacy_acknowledged(&call, answer).map(|()| Vec::new()));
        push("projects of the user", self.legacy_response::<Vec<UserProject>>(&call, answer).map(|_| Vec::new()));
    }

    fn listing(&self, call: &Call, answer: &ReceivedResponse) -> Result<Vec<String>> {
        let entries: Vec<&RawValue> = self.legacy_response(call, answer)?;
        let rows: serde_json::Result<Vec<_>> = entries.into_iter().map(LabelRowMetadata::read).collect();
        let rows = rows.map_err(|cause| unreadable(call, answer, cause))?;
        Ok(rows.iter().map(|row| row.json().get().to_owned()).collect())
    }

    fn v2_readings(&self, answer: &ReceivedResponse, readings: &mut Vec<Reading>) {
        readings.push(self.v2_reading::<Project>("a project", answer));
        readings.push(self.v2_reading::<Page<Project>>("projects", answer));
        readings.push(self.v2_reading::<Page<Branch>>("branches", answer));
        readings.push(self.v2_reading::<Page<Dataset>>("datasets", answer));
        readings.push(self.v2_reading::<StorageItem>("a storage item", answer));
        readings.push(self.v2_reading::<Page<StorageItem>>("storage items", answer));
        readings.push(self.v2_reading::<Page<AgentTask>>("tasks", answer));
        let call = self.v2_get(&[], &Query::default());
        let status = answer.status;
        let text = self.v2_text(&call, self.received(status, &answer.body)).map(|text| vec![text.get().to_owned()]);
        readings.push(Reading { asked: "an ontology", legacy: false, status, result: text });
        let done = self.v2_acknowledged(&call, answer).map(|()| Vec::new());
        readings.push(Reading { asked: "an acknowledgement", legacy: false, status, result: done });
    }

    fn v2_reading<T: DeserializeOwned>(&self, asked: &'static str, answer: &ReceivedResponse) -> Reading {
        // A storage item's signed URL is a secret, so errors must not quote the body.
        let call = self.v2_get(&[], &Query::default()).with_secret_answer(true);
        let result = self.v2_read::<T>(&call, answer).map(|_| Vec::new());
        Reading { asked, legacy: false, status: answer.status, result }
    }
}
