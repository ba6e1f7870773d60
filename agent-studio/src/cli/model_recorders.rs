//! The option `--record-models`.

use super::failure::Failure;
use crate::models::ModelRecorder;

/// Starts a recorder for each variable.
///
/// # Errors
/// A recorder cannot listen.
pub(super) async fn start(variables: &[String]) -> Result<Vec<ModelRecorder>, Failure> {
    let mut recorders = Vec::new();
    for variable in variables {
        recorders.push(ModelRecorder::start(variable).await.map_err(|error| Failure::from_error(&error))?);
    }
    Ok(recorders)
}

/// Starts recorders for the servers in `VARIABLE=URL`.
///
/// # Errors
/// An argument has no URL, or a recorder cannot listen.
pub(super) async fn start_for_servers(arguments: &[String]) -> Result<Vec<ModelRecorder>, Failure> {
    let mut recorders = Vec::new();
    for argument in arguments {
        let (variable, url) = argument.split_once('=').unwrap_or((argument, ""));
        let recorder = ModelRecorder::start(variable).await.map_err(|error| Failure::from_error(&error))?;
        recorder.forward_to(url).map_err(|_| {
            Failure::new(format!(
                "`{argument}` does not name a model server: write --record-models VARIABLE=URL, such as \
                 MODEL_URL=http://127.0.0.1:9000."
            ))
        })?;
        recorders.push(recorder);
    }
    Ok(recorders)
}
