//! What systemd is told, if it has started the program and wants to know (`Type=notify`, `sd_notify(3)`).

/// The server listens, and takes calls.
pub(super) fn tell_ready() {
    tell("READY=1");
}

/// The server takes no more connections.
pub(super) fn tell_stopping() {
    tell("STOPPING=1");
}

#[cfg(unix)]
fn tell(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET").filter(|socket| !socket.is_empty()) else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(?socket, %error, state, "cannot tell the service manager");
    }
}

#[cfg(not(unix))]
fn tell(_state: &str) {}

/// To the socket at a path, or of a name without one, which begins with `@`.
#[cfg(unix)]
fn send(socket: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    use std::os::unix::net::UnixDatagram;

    let sender = UnixDatagram::unbound()?;
    // A queue that is full is not waited for.
    sender.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::net::SocketAddr;
        if let Some(name) = socket.as_bytes().strip_prefix(b"@") {
            return sender.send_to_addr(state.as_bytes(), &SocketAddr::from_abstract_name(name)?).map(drop);
        }
    }
    sender.send_to(state.as_bytes(), socket).map(drop)
}
