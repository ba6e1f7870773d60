//! State of the build and of the agent server under `agent-studio dev`, for the page.

use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

/// Maximum time that a request for the next state waits.
const POLL_TIMEOUT: Duration = Duration::from_secs(20);

/// Publisher of the state. The page waits for the next one.
#[derive(Debug)]
pub(crate) struct DevStatus(watch::Sender<DevState>);

/// State of the build and of the agent server.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DevState {
    /// Number of changes of the state, which identifies it.
    revision: u64,
    pub(crate) build: BuildState,
    pub(crate) server: ServerState,
    /// Number of times that the agent server became ready.
    pub(crate) starts: u64,
}

/// State of the last build.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum BuildState {
    /// Cargo is running.
    #[default]
    Running,
    /// The last build succeeded.
    Succeeded {
        /// Duration, in seconds.
        seconds: f64,
    },
    /// The last build failed.
    Failed {
        /// Duration, in seconds.
        seconds: f64,
        /// Errors of the compiler, or the message of cargo.
        errors: Vec<CompilerError>,
    },
}

/// An error of the compiler or of cargo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CompilerError {
    /// Position as `file:line:column`, if known.
    pub(crate) location: Option<String>,
    /// The headline.
    pub(crate) message: String,
    /// The whole text as in a terminal, without colours.
    pub(crate) text: String,
}

/// State of the agent server's process.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum ServerState {
    /// Waits for the first successful build.
    #[default]
    Waiting,
    /// The process runs, but does not accept connections yet.
    Starting,
    /// The server accepts connections.
    Running,
    /// The previous version completes its running calls.
    Draining,
    /// The process exited or could not be started.
    Exited {
        /// The exit status, or the reason.
        reason: String,
        /// The last lines of the output.
        output: Vec<String>,
        /// Delay before the next start, in seconds.
        retry_seconds: u64,
    },
    /// `agent-studio dev` is stopping.
    Stopped,
}

impl Default for DevStatus {
    fn default() -> Self {
        Self(watch::Sender::new(DevState::default()))
    }
}

impl DevStatus {
    /// Changes the state and wakes waiting requests.
    pub(crate) fn update(&self, change: impl FnOnce(&mut DevState)) {
        self.0.send_modify(|state| {
            change(state);
            state.revision += 1;
        });
    }

    /// Waits until the state differs from the one with this revision, at most 20 s. Returns at once without a revision, or if the
    /// command is stopping.
    pub(crate) async fn next(&self, known: Option<u64>) -> DevState {
        let mut receiver = self.0.subscribe();
        let is_news = |state: &DevState| known != Some(state.revision) || state.server == ServerState::Stopped;
        if let Ok(Ok(state)) = tokio::time::timeout(POLL_TIMEOUT, receiver.wait_for(is_news)).await {
            return state.clone();
        }
        self.0.borrow().clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn next_waits_for_change() {
        let status = Arc::new(DevStatus::default());
        let first = status.next(None).await;
        let waiting = tokio::spawn({
            let status = Arc::clone(&status);
            async move { status.next(Some(first.revision)).await }
        });
        status.update(|state| state.server = ServerState::Starting);
        let second = waiting.await.unwrap();
        assert_eq!((second.server, second.revision), (ServerState::Starting, first.revision + 1));
    }

    #[tokio::test]
    async fn next_returns_at_once_when_stopped() {
        let status = DevStatus::default();
        status.update(|state| state.server = ServerState::Stopped);
        let known = status.next(None).await.revision;
        assert_eq!(status.next(Some(known)).await.server, ServerState::Stopped);
    }
}
