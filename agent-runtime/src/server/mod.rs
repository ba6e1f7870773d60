//! The server: what it serves, under which limits, from start to stop.

mod activity;
mod banner;
mod builder;
#[cfg(feature = "tls")]
mod certificate;
mod check;
mod connection;
#[cfg(unix)]
mod inherited;
#[cfg(feature = "lambda")]
mod lambda;
mod listen;
mod place;
mod report;
mod service_manager;
mod signals;
mod start;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
#[cfg(feature = "tls")]
mod validity;

pub use builder::Server;
pub use listen::RunningServer;

use place::Place;
use report::reported;

use crate::start_error::StartError;

/// Serves every annotated agent until SIGTERM or ctrl-c, configured by the environment: `Server::from_env()?.serve()`.
/// In AWS Lambda it answers the function's events instead of listening: see [`Server::serve`].
///
/// With `--help` among the program's arguments it prints the environment variables instead, and returns.
///
/// # Errors
/// Those of [`Server::from_env`] and [`Server::serve`].
pub async fn serve() -> Result<(), StartError> {
    if std::env::args().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        banner::print_help();
        return Ok(());
    }
    match Server::from_env() {
        Ok(server) => server.serve().await,
        Err(error) => Err(reported(Place::here(), error).await),
    }
}
