//! Reports of a failed start to the platform that runs the server.

use super::place::Place;
use crate::start_error::StartError;

/// Reports the error where the platform shows it to somebody, such as AWS Lambda. Returns the same error.
#[cfg_attr(not(feature = "lambda"), allow(clippy::unused_async, reason = "no platform is told then"))]
pub(super) async fn reported(place: Place, error: StartError) -> StartError {
    #[cfg(feature = "lambda")]
    if place == Place::Lambda {
        super::lambda::report(&error).await;
    }
    #[cfg(not(feature = "lambda"))]
    let _ = place;
    error
}
