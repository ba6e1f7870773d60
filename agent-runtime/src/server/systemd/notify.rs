//! Readiness notifications to systemd (`Type=notify`, `sd_notify(3)`).

/// Notifies systemd that the server accepts calls. Does nothing without `NOTIFY_SOCKET`.
pub(in super::super) fn notify_ready() {
    notify("READY=1");
}

/// Notifies systemd that the server is stopping.
pub(in super::super) fn notify_stopping() {
    notify("STOPPING=1");
}

#[cfg(unix)]
fn notify(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET").filter(|socket| !socket.is_empty()) else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(?socket, %error, state, "cannot notify the service manager");
    }
}

#[cfg(not(unix))]
fn notify(_state: &str) {}

/// Sends to a socket by path, or by abstract name, which begins with `@`.
#[cfg(unix)]
fn send(socket: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    use std::os::unix::net::UnixDatagram;

    let sender = UnixDatagram::unbound()?;
    // A full queue must not block the server.
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
