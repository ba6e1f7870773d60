//! The server: builder, start, connections, and shutdown.

mod activity;
mod arguments;
mod banner;
#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "batch")]
mod batch_settings;
mod builder;
mod connection;
mod hosting;
#[cfg(feature = "lambda")]
mod lambda;
mod listen;
mod signals;
mod stages;
mod start;
mod start_checks;
mod start_report;
mod systemd;
mod tls;

#[cfg(feature = "batch")]
pub use batch::BatchReport;
#[cfg(feature = "batch")]
pub use batch_settings::BatchRun;
pub use builder::{IntoHost, Server};
pub use listen::RunningServer;

use hosting::Hosting;
use start_report::report;

use crate::start_error::StartError;

/// Serves every annotated agent until SIGTERM or ctrl-c, configured by the environment and the arguments of the program:
/// `Server::from_args()?.serve()`.
/// In AWS Lambda it responds to the function's events instead of listening: see [`Server::serve`].
///
/// With `--help` among the program's arguments it prints the environment variables instead, and returns.
///
/// # Errors
/// Those of [`Server::from_args`] and [`Server::serve`].
#[must_use = "the server reports here why it did not start or why it ended: write `.await?`, or return the result from `main`"]
pub async fn serve() -> Result<(), StartError> {
    if std::env::args().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        banner::print_help();
        return Ok(());
    }
    match Server::from_args() {
        Ok(server) => server.serve().await,
        Err(error) => Err(report(Hosting::detect(), error).await),
    }
}
