//! Local AWS Lambda: events, functions, and the Runtime API.

mod events;
mod function;
mod received;
mod runtime_api;

pub use events::{SENDERS, Sender, Sent};
pub use function::Function;
pub use received::Received;
pub use runtime_api::{Outcome, RuntimeApi};
