//! Reports of a failed start to the hosting platform.

use super::hosting::Hosting;
use crate::start_error::StartError;

/// Reports the error to AWS Lambda, which shows it to whoever invokes the function. Returns the same error.
#[cfg_attr(not(feature = "lambda"), allow(clippy::unused_async, reason = "no other platform takes reports"))]
pub(super) async fn report(hosting: Hosting, error: StartError) -> StartError {
    #[cfg(feature = "lambda")]
    if hosting == Hosting::Lambda {
        super::lambda::report(&error).await;
    }
    #[cfg(not(feature = "lambda"))]
    let _ = hosting;
    error
}
