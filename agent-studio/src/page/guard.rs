//! The page's guard: the refusals of [`own_origin`] as problems that the page shows.

use axum::http::{HeaderMap, Method};

use crate::own_origin::{self, Foreign};

use super::problem::Problem;

/// Rejects requests that neither the page itself nor a program on this machine sent.
///
/// # Errors
/// A foreign host, a foreign origin, or a `POST` that is not JSON.
pub(super) fn check(method: &Method, headers: &HeaderMap, hosts: &[String]) -> Result<(), Problem> {
    own_origin::check(method, headers, hosts).map_err(|foreign| {
        let message = match &foreign {
            Foreign::Host(host) => {
                format!("The label editor does not answer as `{host}`: open it by its address or as localhost.")
            }
            Foreign::Page(by) => format!("This is for the label editor, not for {by}."),
            Foreign::ContentType => "Send application/json.".to_owned(),
        };
        Problem::new(foreign.status(), message)
    })
}
