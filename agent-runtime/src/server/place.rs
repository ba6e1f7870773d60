//! Where a server runs, as far as that changes what it does.

use super::StartError;
use crate::notification::NotificationHandler;

/// The variable that AWS Lambda sets: where its Runtime API listens.
pub(super) const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Where a server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A program that listens on an address, and goes on between calls.
    Listening,
    /// AWS Lambda: calls are fetched from it, one at a time.
    Lambda,
}

impl Place {
    /// Where this process runs.
    pub(super) fn here() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// Where a process runs for which `variable` gives the environment. Blank counts as unset.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.trim().is_empty());
        if is_set(LAMBDA_RUNTIME_API) { Self::Lambda } else { Self::Listening }
    }

    /// Why work after the answer comes to nothing there; `None` where it goes on.
    fn ends_background_work(self) -> Option<&'static str> {
        match self {
            Self::Listening => None,
            Self::Lambda => {
                Some("AWS Lambda stops a program as soon as it has answered, until the next call or for ever")
            }
        }
    }

    /// The same error, told to the place too, if it has somebody to show it to.
    #[cfg_attr(not(feature = "lambda"), allow(clippy::unused_async, reason = "nobody is told then"))]
    pub(super) async fn told(self, error: StartError) -> StartError {
        #[cfg(feature = "lambda")]
        if self == Self::Lambda {
            super::lambda::report(&error).await;
        }
        error
    }

    /// Refuses handlers of notifications where what they do in the background would be lost: the platform has been told by
    /// then that the notification is taken, and does not send it again.
    pub(super) fn refuse_background_work(self, handlers: &[&'static NotificationHandler]) -> Result<(), StartError> {
        match (self.ends_background_work(), handlers.first()) {
            (Some(place), Some(handler)) => {
                Err(StartError::BackgroundWork { handler: handler.name, location: handler.location, place })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnyEvent, Notification, OnNotification, on_notification};

    fn place(pairs: &[(&str, &str)]) -> Place {
        Place::of(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
    }

    /// Notes what happens.
    #[on_notification]
    async fn notes(_told: Notification<AnyEvent>) {}

    #[test]
    fn lambda_is_told_by_its_runtime_api() {
        assert_eq!(place(&[(LAMBDA_RUNTIME_API, "127.0.0.1:9001")]), Place::Lambda);
        assert_eq!(place(&[("AWS_LAMBDA_FUNCTION_NAME", "agents")]), Place::Listening);
        assert_eq!(place(&[(LAMBDA_RUNTIME_API, " ")]), Place::Listening);
        assert_eq!(place(&[]), Place::Listening);
    }

    #[test]
    fn a_handler_of_notifications_is_refused_where_its_work_would_be_lost() {
        let handlers = [notes::HANDLER];
        assert!(Place::Listening.refuse_background_work(&handlers).is_ok());
        assert!(Place::Lambda.refuse_background_work(&[]).is_ok());
        let said = Place::Lambda.refuse_background_work(&handlers).unwrap_err().to_string();
        for part in ["`notes`", "place.rs:", "AWS Lambda", "a container"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
