//! Listing label rows without keeping the list in memory.

use std::collections::VecDeque;

use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

use crate::hash::ProjectHash;

use super::PlatformClient;
use super::array_parser::ArrayParser;
use super::attempts::deadline_in;
use super::call::Call;
use super::error::{Error, Result};
use super::label_row_filter::LabelRowFilter;
use super::label_row_metadata::LabelRowMetadata;
use super::spans::RequestSpan;
use super::trace::TraceId;
use super::transport::{AttemptError, OpenedResponse, ReceivedResponse, failed, open};
use super::v2::unreadable;

/// Label rows without their labels, read while they arrive; see [`PlatformClient::stream_label_rows`].
#[derive(Debug)]
pub struct LabelRowStream {
    platform: PlatformClient,
    call: Call,
    trace: TraceId,
    /// `None` at the end.
    opened: Option<OpenedResponse>,
    parser: ArrayParser,
    /// Elements that have arrived.
    elements: VecDeque<Vec<u8>>,
}

impl PlatformClient {
    /// Lists the label rows of a project like [`list_label_rows`](Self::list_label_rows), in constant memory: the platform has no
    /// pages for them, and the response of a large project exceeds the client's limit.
    ///
    /// Read it without pauses, because the platform keeps the connection open. The request is retried, a connection that breaks
    /// later is not: list the rows again.
    ///
    /// # Errors
    /// Any variant of [`Error`]. An error that the platform reports comes from [`LabelRowStream::next`].
    pub async fn stream_label_rows(
        &self,
        project: impl Into<ProjectHash>,
        filter: &LabelRowFilter,
    ) -> Result<LabelRowStream> {
        let call = self.label_row_listing(project.into(), filter)?;
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let opened = self.open_with_retries(&call, &trace).await?;
        let (parser, elements) = (ArrayParser::default(), VecDeque::new());
        Ok(LabelRowStream { platform: self.clone(), call, trace, opened: Some(opened), parser, elements })
    }

    /// Opens the response to a reading call, with retries.
    async fn open_with_retries(&self, call: &Call, trace: &TraceId) -> Result<OpenedResponse> {
        let deadline = deadline_in(self.shared.limits.call);
        let mut retries = 0;
        loop {
            let opened = self.open_once(call, trace, deadline, retries).await;
            let (again, retry_after) = match &opened {
                Ok(opened) => (call.may_retry_after_status(opened.status), opened.retry_after.wait),
                Err(failed) => (is_transient(failed), None),
            };
            let pause = if again { self.pause(call, retries, retry_after, deadline) } else { None };
            let Some(wait) = pause else {
                self.shared.traffic.ended(opened.as_ref().is_ok_and(|opened| opened.status < 500));
                return opened.map_err(|failed| self.error(call, failed, trace));
            };
            retries += 1;
            self.shared.traffic.retry();
            tracing::warn!(
                trace = %trace, call = %call.description(), retry = retries, wait_s = wait.as_secs_f64(),
                "a listing of label rows failed; retrying",
            );
            sleep(wait).await;
        }
    }

    async fn open_once(
        &self,
        call: &Call,
        trace: &TraceId,
        deadline: Instant,
        retries: u32,
    ) -> std::result::Result<OpenedResponse, AttemptError> {
        let shared = &self.shared;
        shared.traffic.request();
        let opening = open(&shared.http, &shared.credentials, call, trace, &shared.clock);
        let span = RequestSpan::new(call, trace, retries);
        let opened = timeout_at(deadline, opening).instrument(span.span()).await;
        let opened = opened.unwrap_or(Err(AttemptError::DeadlineExceeded));
        span.record(opened.as_ref().map(|opened| opened.status).map_err(AttemptError::kind));
        opened
    }
}

fn is_transient(failed: &AttemptError) -> bool {
    matches!(failed, AttemptError::NotConnected(_) | AttemptError::ReadTimeout(_) | AttemptError::ConnectionBroken(_))
}

impl LabelRowStream {
    /// Returns the next row; `None` after the last.
    ///
    /// # Errors
    /// The platform reports an error, the connection breaks, or the response is not a list of label rows. The rows so far are then
    /// not the whole list.
    pub async fn next(&mut self) -> Result<Option<LabelRowMetadata>> {
        loop {
            if let Some(element) = self.elements.pop_front() {
                return self.metadata(&element).map(Some);
            }
            let Some(opened) = &mut self.opened else { return Ok(None) };
            let piece = opened.response.chunk().await;
            match piece.map_err(|error| self.platform.error(&self.call, failed(error), &self.trace))? {
                Some(piece) => self.push(&piece)?,
                None => self.finish()?,
            }
        }
    }

    fn push(&mut self, piece: &[u8]) -> Result<()> {
        let mut elements = Vec::new();
        let pushed = self.parser.push(piece, &mut elements);
        self.elements.extend(elements);
        pushed.map_err(|_| {
            let message =
                format!("The platform's answer to {} has an entry of more than 16 MiB.", self.call.description());
            self.call.error(Error::AnswerTooLarge, message, &self.trace)
        })
    }

    /// Checks the envelope after the last row.
    fn finish(&mut self) -> Result<()> {
        let Some(opened) = self.opened.take() else { return Ok(()) };
        let envelope = std::mem::take(&mut self.parser).into_envelope();
        let answer = self.answer(&opened, envelope);
        let others: Vec<&RawValue> = self.platform.legacy_response(&self.call, &answer)?;
        let unreadable = |cause| unreadable(&self.call, &answer, cause);
        others.into_iter().try_for_each(|other| LabelRowMetadata::read(other).map(drop)).map_err(unreadable)
    }

    fn metadata(&self, element: &[u8]) -> Result<LabelRowMetadata> {
        let row = serde_json::from_slice::<&RawValue>(element).and_then(LabelRowMetadata::read);
        row.map_err(|cause| {
            let answer = ReceivedResponse::from_body(200, element.to_vec(), self.trace.clone());
            unreadable(&self.call, &answer, cause)
        })
    }

    fn answer(&self, opened: &OpenedResponse, body: Vec<u8>) -> ReceivedResponse {
        let mut answer = ReceivedResponse::from_body(opened.status, body, self.trace.clone());
        answer.retry_after = opened.retry_after;
        answer
    }
}
