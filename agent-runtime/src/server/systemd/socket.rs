//! Socket activation: systemd listens, and passes the socket to the program. The port stays open while the program restarts;
//! connections wait in the socket's queue.

use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;

use agent_platform::environment;
use listenfd::ListenFd;

use crate::start_error::StartError;

/// Reads a variable of `sd_listen_fds(3)`.
fn number(name: &'static str) -> Result<Option<u32>, StartError> {
    let Some(text) = environment::variable(name)? else { return Ok(None) };
    let text = text.trim();
    let malformed =
        |_| StartError::Setting { name, value: text.to_owned(), expects: "a number, as systemd sets it".to_owned() };
    text.parse().map(Some).map_err(malformed)
}

/// Takes the socket that was passed to this process (`sd_listen_fds(3)`). Later calls return `None`.
///
/// # Errors
/// Several sockets were passed, or the socket is not a listening TCP socket.
pub(in super::super) fn activated_listener() -> Result<Option<TcpListener>, StartError> {
    // The variables may be inherited from a parent process, which they are for.
    if number("LISTEN_PID")? != Some(std::process::id()) {
        return Ok(None);
    }
    match number("LISTEN_FDS")? {
        None | Some(0) => return Ok(None),
        Some(1) => {}
        Some(count) => {
            let reason = format!(
                "{count} sockets were passed, and the server listens on one: leave one `ListenStream=` in the socket unit, and one \
                 socket unit for the service"
            );
            return Err(StartError::Socket { reason });
        }
    }
    let no_tcp = |source| {
        let reason = format!(
            "the socket that was passed is none of TCP ({source}): `ListenStream=` in the socket unit must be an address with a \
             port, or a port"
        );
        StartError::Socket { reason }
    };
    let Some(listener) = ListenFd::from_env().take_tcp_listener(0).map_err(no_tcp)? else { return Ok(None) };
    let is_connection = |socket: OwnedFd| TcpStream::from(socket).peer_addr().is_ok();
    if listener.try_clone().is_ok_and(|socket| is_connection(socket.into())) {
        let reason = "the socket that was passed is a connection: `Accept=` in the socket unit must be `no`, as it is unless set";
        return Err(StartError::Socket { reason: reason.to_owned() });
    }
    Ok(Some(listener))
}
