//! Runs an image's program in its own root directory, as an unprivileged user and as process 1.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use test_support::free_port::free_port;

use super::dockerfile::Image;
use crate::cli::Scratch;

const PATIENCE: Duration = Duration::from_secs(20);

/// A running program. Stopped on drop.
pub(crate) struct Container {
    process: Child,
    address: String,
    /// Time from process start to the first response.
    pub(crate) started_in: Duration,
}

/// Creates the command for the image's program, with the files that Docker adds for name resolution.
fn command(image: &Image, settings: &[(&str, &str)]) -> Command {
    fs::write(image.root.join("etc/hosts"), "127.0.0.1 localhost\n").unwrap();
    let (user, group) = image.user.split_once(':').unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--pid", "--fork", "--kill-child", "--wd=/"]);
    command.arg(format!("--map-user={user}")).arg(format!("--map-group={group}"));
    command.arg(format!("--root={}", image.root.display())).args(&image.entry_point);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).envs(image.environment.iter().cloned());
    // A free port on loopback.
    command.env("HOST", "127.0.0.1").env("PORT", "0").envs(settings.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

impl Container {
    pub(crate) fn start(image: &Image, settings: &[(&str, &str)]) -> Self {
        let start = Instant::now();
        let mut process = command(image, settings).stderr(Stdio::null()).spawn().expect("unshare of util-linux");
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let Some((_, address)) = first.trim().rsplit_once("http://") else {
            panic!("it did not start: {first}");
        };
        let address = address.to_owned();
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let mut container = Self { process, address, started_in: Duration::ZERO };
        assert_eq!(container.get("/healthz").0, 200);
        container.started_in = start.elapsed();
        container
    }

    /// Returns the error message of a program that does not start.
    pub(crate) fn refuses_to_start(image: &Image, settings: &[(&str, &str)]) -> String {
        let output = command(image, settings).stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        ask(&self.address, &format!("GET {path}"), "")
    }

    /// Calls an agent on frame 7 with these objects, a JSON array.
    pub(crate) fn call(&self, path: &str, objects: &str) -> (u16, String) {
        ask(&self.address, &format!("POST {path}"), &payload(objects))
    }

    /// Calls an agent concurrently.
    pub(crate) fn call_meanwhile(&self, path: &'static str, objects: &str) -> JoinHandle<(u16, String)> {
        let (address, body) = (self.address.clone(), payload(objects));
        std::thread::spawn(move || ask(&address, &format!("POST {path}"), &body))
    }

    /// Waits until the gauge shows a call in flight.
    pub(crate) fn wait_for_a_call(&self) {
        let start = Instant::now();
        let is_one = |line: &str| line.starts_with("editor_agent_calls_in_flight{") && line.ends_with(" 1");
        while !self.get("/metrics").1.lines().any(is_one) {
            assert!(start.elapsed() < PATIENCE, "no call is under way");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns the process ID of the program outside of its namespace.
    fn program(&self) -> u32 {
        let id = self.process.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        children.trim().parse().unwrap()
    }

    fn status(&self, field: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.program())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        value.split_whitespace().next().unwrap().to_owned()
    }

    /// Returns the user ID inside the namespace.
    pub(crate) fn effective_user(&self) -> u32 {
        let map = fs::read_to_string(format!("/proc/{}/uid_map", self.program())).unwrap();
        let mut numbers = map.split_whitespace();
        let (inside, outside) = (numbers.next().unwrap(), numbers.next().unwrap());
        assert_eq!(self.status("Uid:"), outside);
        inside.parse().unwrap()
    }

    /// Returns the capabilities of the process.
    pub(crate) fn capabilities(&self) -> u64 {
        u64::from_str_radix(&self.status("CapEff:"), 16).unwrap()
    }

    /// Sends SIGTERM, and returns the exit code and the duration of the shutdown.
    pub(crate) fn terminate(&mut self) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let told = Command::new("kill").args(["-TERM", &self.program().to_string()]).status().unwrap();
        assert!(told.success());
        (self.process.wait().unwrap().code(), start.elapsed())
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn payload(objects: &str) -> String {
    let zeros = "00000000-0000-0000-0000-000000000000";
    format!(r#"{{"projectHash":"{zeros}","dataHash":"{zeros}","frame":7,"objectHashes":{objects}}}"#)
}

fn ask(address: &str, request: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// An unknown certificate authority, with a certificate for `localhost`.
pub(crate) struct Authority {
    scratch: Scratch,
}

/// A server with that certificate. Stopped on drop.
pub(crate) struct Encrypted {
    process: Child,
    pub(crate) port: u16,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let scratch = Scratch::new();
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"])
            .arg("-keyout")
            .arg(scratch.path("key"))
            .arg("-out")
            .arg(scratch.path("certificate"))
            .stderr(Stdio::null())
            .status()
            .expect("openssl");
        assert!(made.success());
        Self { scratch }
    }

    /// Starts a server that sends every line back reversed, which is not HTTP.
    pub(crate) fn serve(&self) -> Encrypted {
        let port = free_port();
        let process = Command::new("openssl")
            .args(["s_server", "-quiet", "-rev", "-accept", &format!("127.0.0.1:{port}")])
            .arg("-key")
            .arg(self.path("key"))
            .arg("-cert")
            .arg(self.path("certificate"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (server, start) = (Encrypted { process, port }, Instant::now());
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path(name)
    }

    /// Adds the authority to those of the image.
    pub(crate) fn join(&self, image: &Image) {
        let known = image.root.join("etc/ssl/certs/ca-certificates.crt");
        let certificate = fs::read(self.path("certificate")).unwrap();
        fs::File::options().append(true).open(known).unwrap().write_all(&certificate).unwrap();
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
