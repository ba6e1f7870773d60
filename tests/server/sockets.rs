//! Socket activation and readiness notification of systemd.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD};

#[editor_agent(path = "/sockets/here")]
async fn here() -> &'static str {
    "here"
}

/// A program that is killed when dropped.
struct Program(Child);

impl Program {
    /// Starts the program with this file as descriptor 3, from a shell that first runs `before`.
    fn start(socket: impl Into<OwnedFd>, shell: &str) -> Self {
        let passed = format!("exec 3<&0 0</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; {shell} exec \"$0\"");
        let mut command = Command::new("sh");
        command.args(["-c", &passed, env!("CARGO_BIN_EXE_smallest-agent")]);
        // Binding this address fails.
        command.env("HOST", "192.0.2.1").env("PORT", "1").env("RUST_LOG", "off").stdin(Stdio::from(socket.into()));
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Returns the first line of standard output.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Waits until the program has failed, and returns its standard error.
    fn start_error(mut self) -> String {
        assert!(!self.0.wait().unwrap().success());
        let mut message = String::new();
        self.0.stderr.as_mut().unwrap().read_to_string(&mut message).unwrap();
        message
    }

    fn terminate(&self) {
        assert!(Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn call(address: SocketAddr) -> Option<u16> {
    let mut connection = Connection::open(address).await;
    connection.post("/nothing", &[], PAYLOAD).await;
    Some(connection.response().await?.status)
}

#[tokio::test]
async fn passed_socket_replaces_host_and_port() {
    let (socket, address) = listener();
    let mut program = Program::start(socket.try_clone().unwrap(), "");
    let line = program.first_line();
    assert!(line.ends_with(&format!(" on http://{address}\n")), "{line}");
    assert_eq!(call(address).await, Some(200));
    program.terminate();
    assert!(program.0.wait().unwrap().success());

    // Connections queue while no process listens.
    let waiting = tokio::spawn(call(address));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    let _next = Program::start(socket, "");
    assert_eq!(waiting.await.unwrap(), Some(200));
}

#[tokio::test]
async fn restart_loses_no_call() {
    let (socket, address) = listener();
    let calls = tokio::spawn(async move {
        let began = std::time::Instant::now();
        let (mut answered, mut other) = (0, Vec::new());
        while began.elapsed() < Duration::from_secs(3) {
            match call(address).await {
                Some(200) => answered += 1,
                response => other.push(response),
            }
        }
        (answered, other)
    });
    for _ in 0..5 {
        let mut program = Program::start(socket.try_clone().unwrap(), "");
        program.first_line();
        tokio::time::sleep(Duration::from_millis(300)).await;
        program.terminate();
        let ended = tokio::task::spawn_blocking(move || program.0.wait().unwrap().success());
        assert!(ended.await.unwrap());
    }
    let _last = Program::start(socket, "");
    let (answered, other) = calls.await.unwrap();
    assert!(answered > 100 && other.is_empty(), "{answered} got 200, and {other:?}");
}

#[tokio::test]
async fn names_unusable_sockets_and_the_fix() {
    let message = Program::start(listener().0, "export LISTEN_FDS=2;").start_error();
    assert!(message.contains("2 sockets were passed") && message.contains("ListenStream="), "{message}");
    let message = Program::start(listener().0, "export LISTEN_FDS=4000000000;").start_error();
    assert!(message.contains("4000000000 sockets were passed"), "{message}");
    let folder = std::env::temp_dir().join(format!("agent-sockets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let unix = UnixListener::bind(folder.join("socket")).unwrap();
    let file = std::fs::File::create(folder.join("file")).unwrap();
    for none in [OwnedFd::from(unix), OwnedFd::from(file)] {
        let message = Program::start(none, "").start_error();
        assert!(message.contains("is none of TCP") && message.contains("ListenStream="), "{message}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let (socket, address) = listener();
    let connection = std::net::TcpStream::connect(address).unwrap();
    let message = Program::start(connection, "").start_error();
    assert!(message.contains("is a connection") && message.contains("Accept="), "{message}");
    drop(socket);
    let message = Program::start(listener().0, "export LISTEN_FDS=x;").start_error();
    assert!(message.contains("LISTEN_FDS is `x`") && message.contains("systemd"), "{message}");
    // The server ignores a socket for another process. It then binds HOST and PORT, which fails.
    for other in ["export LISTEN_PID=1;", "unset LISTEN_PID;", "export LISTEN_FDS=0;"] {
        let message = Program::start(listener().0, other).start_error();
        assert!(message.contains("cannot listen on 192.0.2.1:1"), "{other} {message}");
    }
}

#[tokio::test]
async fn serves_a_given_listener() {
    let (socket, address) = listener();
    let server = Server::new().agents(agents![here]).listener(socket).start().await.unwrap();
    assert_eq!((server.address(), server.url()), (address, format!("http://{address}")));
    let mut connection = Connection::open(address).await;
    connection.post("/sockets/here", &[], PAYLOAD).await;
    assert_eq!(connection.response().await.unwrap().message(), "here");
    server.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// Asserts that the program sends `READY` and `STOPPING` to this socket, whose name is `name`.
async fn assert_notifies(notify_socket: UnixDatagram, name: &str) {
    notify_socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let next = || {
        let mut text = [0; 100];
        let length = notify_socket.recv(&mut text).unwrap();
        String::from_utf8(text[..length].to_vec()).unwrap()
    };
    let (socket, address) = listener();
    let mut program = Program::start(socket, &format!("export NOTIFY_SOCKET='{name}';"));
    assert_eq!(next(), "READY=1");
    assert_eq!(call(address).await, Some(200));
    program.terminate();
    assert_eq!(next(), "STOPPING=1");
    assert!(program.0.wait().unwrap().success());
}

#[tokio::test]
async fn notifies_systemd_when_ready_and_when_stopping() {
    let path = std::env::temp_dir().join(format!("agent-notify-{}", std::process::id()));
    let notify_socket = UnixDatagram::bind(&path).unwrap();
    assert_notifies(notify_socket, path.to_str().unwrap()).await;
    std::fs::remove_file(&path).unwrap();
    // The program does not wait if nobody listens on the socket.
    let (socket, address) = listener();
    let _program = Program::start(socket, &format!("export NOTIFY_SOCKET='{}';", path.display()));
    assert_eq!(call(address).await, Some(200));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn notifies_systemd_on_an_abstract_socket() {
    use std::os::linux::net::SocketAddrExt;

    let name = format!("agent-notify-{}", std::process::id());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    assert_notifies(UnixDatagram::bind_addr(&address).unwrap(), &format!("@{name}")).await;
}

#[tokio::test]
#[ignore = "needs systemd-socket-activate"]
async fn accepts_the_socket_of_systemd() {
    // The program binds no port itself.
    let (socket, address) = listener();
    drop(socket);
    let mut command = Command::new("systemd-socket-activate");
    command.args([format!("--listen={address}"), env!("CARGO_BIN_EXE_smallest-agent").to_owned()]);
    command.args(["--setenv=RUST_LOG=off", "--setenv=HOST=192.0.2.1"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = Program(command.spawn().expect("these tests need systemd-socket-activate"));
    let began = std::time::Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The first connection starts the program.
    assert_eq!(call(address).await, Some(200));
    assert!(program.first_line().ends_with(&format!(" on http://{address}\n")));
}
