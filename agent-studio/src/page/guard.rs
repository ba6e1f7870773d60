//! Same-origin guard of the page: converts errors of [`own_origin`] to problems.

use axum::http::{HeaderMap, Method};

use crate::own_origin::{self, OriginError};

use super::problem::Problem;

/// Rejects requests that neither the page itself nor a program on this machine sent.
///
/// # Errors
/// The host or the origin is foreign, or a `POST` is not JSON.
pub(super) fn check(method: &Method, headers: &HeaderMap, hosts: &[String]) -> Result<(), Problem> {
    own_origin::check(method, headers, hosts).map_err(|error| {
        let message = match &error {
            OriginError::Host(host) => {
                format!(
                    "The label editor is not served under the host name `{host}`: open it by its IP address or as localhost."
                )
            }
            OriginError::Page(by) => format!("This is for the label editor, not for {by}."),
            OriginError::ContentType => "Send application/json.".to_owned(),
        };
        Problem::new(error.status(), message)
    })
}
