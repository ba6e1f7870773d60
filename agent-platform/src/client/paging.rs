//! Lists that come page by page.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::PlatformClient;
use super::error::{Error, Result};
use super::failure::Failure;
use super::query::Query;
use super::trace::TraceId;

/// A page (contract: `platform-api.md`, section 6).
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) results: Vec<T>,
    #[serde(default, rename = "nextPageToken", alias = "next_page_token")]
    next_page_token: Option<String>,
}

/// More pages than any list has: a platform that never ends must not keep an agent.
const MOST_PAGES: usize = 10_000;

impl PlatformClient {
    /// All elements of a list, page after page: the same query again with the token of the next page.
    ///
    /// An absent, null or empty token ends the list, and so does nothing else: a token that was there before would go on
    /// for ever, so it is an error.
    pub(super) async fn all_pages<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: impl Fn() -> Query,
        secret_answer: bool,
    ) -> Result<Vec<T>> {
        // The pages of one list belong together.
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
            if seen.len() >= MOST_PAGES || !seen.insert(next.clone()) {
                let message = format!("The platform's pages of {} do not end.", call.shown());
                return Err(Error::UnexpectedAnswer(Box::new(Failure::new(message, &trace))));
            }
            token = Some(next);
        }
    }
}
