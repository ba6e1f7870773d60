//! Paginated lists.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::PlatformClient;
use super::error::{Error, Result};
use super::failure::Failure;
use super::query::Query;
use super::trace::TraceId;

/// A page of a list (contract: `docs/contract/endpoints.md#paging`).
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) results: Vec<T>,
    #[serde(default, rename = "nextPageToken", alias = "next_page_token")]
    next_page_token: Option<String>,
}

/// Maximum number of pages. It protects agents from a platform whose list never ends.
const MAX_PAGES: usize = 10_000;

impl PlatformClient {
    /// Reads one page of a list, and returns it with the token of the next page.
    pub(super) async fn one_page<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query,
    ) -> Result<(Vec<T>, Option<String>)> {
        let page: Page<T> = self.v2_value(&self.v2_get(path, query)).await?;
        Ok((page.results, page.next_page_token.filter(|next| !next.is_empty())))
    }

    /// Reads all elements of a list: repeats the query with the token of the next page.
    ///
    /// Only an absent, null or empty token ends the list. A repeated token would loop forever, so it is an error.
    pub(super) async fn all_pages<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: impl Fn() -> Query,
        secret_answer: bool,
    ) -> Result<Vec<T>> {
        // All pages share one trace.
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let pages = self.with_trace(trace.clone());
        let mut elements = Vec::new();
        let mut seen = HashSet::new();
        let mut token: Option<String> = None;
        loop {
            let query = query().optional("pageToken", token.as_deref());
            let call = pages.v2_get(path, &query).with_secret_answer(secret_answer);
            let page: Page<T> = pages.v2_value(&call).await?;
            elements.extend(page.results);
            let Some(next) = page.next_page_token.filter(|next| !next.is_empty()) else {
                return Ok(elements);
            };
            if seen.len() >= MAX_PAGES || !seen.insert(next.clone()) {
                let message = format!("The platform's pages of {} do not end.", call.description());
                return Err(Error::UnexpectedAnswer(Box::new(Failure::new(message, &trace))));
            }
            token = Some(next);
        }
    }
}
