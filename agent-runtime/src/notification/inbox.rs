//! Notifications that came in: each is worked on once, in the background.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::call::NotificationCall;
use super::handler::NotificationHandler;
use super::seen::Seen;
use crate::background::{Pool, Work};

/// A notification to be worked on.
pub(crate) struct Job {
    pub(crate) handler: &'static NotificationHandler,
    pub(crate) uid: Uuid,
    pub(crate) call: NotificationCall,
}

/// What became of a notification that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is worked on, or will be.
    Yes,
    /// It has come before.
    Again,
    /// There is too much work already.
    Full,
}

/// What has come in.
#[derive(Default)]
pub(crate) struct Inbox {
    seen: Mutex<Seen>,
}

impl Inbox {
    /// Takes a notification in, and has it worked on in the background.
    pub(crate) fn take(&self, pool: &Arc<Pool>, job: Job) -> Taken {
        let Job { handler, uid, call } = job;
        let Some(place) = pool.reserve() else { return Taken::Full };
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(uid) {
            return Taken::Again;
        }
        let (by, trace, limit) = (handler.name, call.trace().id().to_owned(), handler.limit());
        pool.start(place, Work { by, uid: Some(uid), trace, limit, future: (handler.run)(call) });
        Taken::Yes
    }
}
