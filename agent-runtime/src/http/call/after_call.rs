//! Hooks that run after successful calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use agent_core::call::EditorCall;
use agent_core::panic_message::panic_message;

use crate::app::App;

/// Starts the work of all hooks. It ends when the server begins to stop.
pub(super) fn start(app: &Arc<App>, call: &EditorCall) {
    for hook in &app.after_call {
        let work = catch_unwind(AssertUnwindSafe(|| hook.after_call(call))).unwrap_or_else(|panic| {
            let (trace, cause) = (call.trace().id().as_str(), panic_message(panic.as_ref()));
            tracing::error!(agent = call.agent(), trace, cause, "a hook after the call panicked");
            None
        });
        let Some(work) = work else { continue };
        let app = Arc::clone(app);
        tokio::spawn(async move {
            tokio::select! {
                () = app.lifecycle.draining() => {}
                () = work => {}
            }
        });
    }
}
