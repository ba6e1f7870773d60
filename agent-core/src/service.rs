//! Services that a server sets up once for all its calls.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use agent_platform::client::Traffic;

use crate::states::States;

/// The cause of a service that cannot be used.
pub type ServiceError = Box<dyn Error + Send + Sync>;

/// The result of a check, boxed so that services of every type fit in one list.
pub type ServiceCheck<'states> = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send + 'states>>;

/// A service that parameters of agents need, such as the connection to the platform.
///
/// A parameter names its service in [`Requirements::service`](crate::requirements::Requirements::service). A server whose agents need a service sets it up before
/// it accepts a call, and does not start if that fails. A program without such parameters does not link the service.
pub trait SharedService: fmt::Debug + Sync {
    /// Sets the service up and adds it to the values that calls share. Sends nothing.
    ///
    /// # Errors
    /// A missing or invalid setting.
    fn set_up(&self, states: &mut States) -> Result<(), ServiceError>;

    /// Asks the service whether it can be used.
    fn check<'states>(&self, states: &'states States) -> ServiceCheck<'states>;

    /// The requests sent so far. `None` for a service that is not set up or does not count.
    fn traffic(&self, states: &States) -> Option<Traffic>;
}
