//! A platform that is killed while it saves: every label file is a complete earlier or later version.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use agent_platform::auth::{Credentials, SshKey};
use agent_platform::client::{Domain, LabelRowToSave, PlatformClient, RetryPolicy, Validation};
use agent_studio::LocalPlatform;
use serde_json::Value;
use serde_json::value::RawValue;
use test_support::studio::folder::{ProjectFolder, image, video};
use uuid::Uuid;

/// Number of times that the process is killed.
const TIMES: usize = 200;
/// Environment variable with the folder that the process serves.
const FOLDER: &str = "AGENT_STUDIO_CRASH_FOLDER";

fn key() -> SshKey {
    SshKey::from_seed(&[5; 32]).unwrap()
}

/// The process that is killed, not a test: this test program starts itself with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serves_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let builder = LocalPlatform::builder().folder(folder).public_key("x@example.test", key().key_id());
    let running = builder.start().await.unwrap();
    println!("listening on {} {}", running.url(), running.project_hashes()[0]);
    std::future::pending::<()>().await;
}

struct Process {
    child: Child,
    url: String,
    project: Uuid,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::serves_until_it_is_killed", "--exact", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening on")).expect("it opens the folder");
        let mut words = line.split_once("listening on ").unwrap().1.split(' ');
        let (url, project) = (words.next().unwrap().to_owned(), words.next().unwrap().parse().unwrap());
        Self { child, url, project }
    }

    fn client(&self) -> PlatformClient {
        let builder = PlatformClient::builder().credentials(Credentials::key(key())).retry(RetryPolicy::never());
        builder.domain(Domain::parse(&self.url).unwrap()).build().unwrap()
    }
}

/// A row that is saved repeatedly, with the numbers of the last version that was sent and of the last that was acknowledged.
struct Saved {
    label_hash: String,
    document: String,
    file: &'static str,
    sent: AtomicU64,
    answered: AtomicU64,
}

impl Saved {
    /// Returns a document with this number. It is large, so that writing it takes some time.
    fn version(&self, number: u64) -> Box<RawValue> {
        let filling = format!("{number} ").repeat(30_000);
        let document = self.document.strip_suffix('}').unwrap();
        RawValue::from_string(format!(r#"{document},"version":{number},"filling":"{filling}"}}"#)).unwrap()
    }

    async fn save_until_it_fails(&self, platform: &PlatformClient, project: Uuid) {
        loop {
            let number = self.sent.load(Ordering::SeqCst) + 1;
            let row = self.version(number);
            self.sent.store(number, Ordering::SeqCst);
            let row = LabelRowToSave::new(&self.label_hash, &row);
            if platform.save_label_row(project, row, Validation::Skipped).await.is_err() {
                return;
            }
            self.answered.store(number, Ordering::SeqCst);
        }
    }

    /// Asserts that the file is a complete version, and not older than the last acknowledged one.
    fn check(&self, folder: &ProjectFolder) {
        let text = folder.read(self.file);
        let row: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", self.file));
        let number = row["version"].as_u64().unwrap_or(0);
        let (answered, sent) = (self.answered.load(Ordering::SeqCst), self.sent.load(Ordering::SeqCst));
        assert!((answered..=sent).contains(&number), "{}: {number}, not {answered} to {sent}", self.file);
        if number > 0 {
            let filling = row["filling"].as_str().unwrap();
            assert_eq!(filling, format!("{number} ").repeat(30_000), "{}", self.file);
        }
    }
}

async fn begin(folder: &ProjectFolder) -> Vec<Arc<Saved>> {
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let (platform, project) = (running.client().unwrap(), running.project_hashes()[0]);
    let rows = platform.list_label_rows(project, &agent_platform::client::LabelRowFilter::default()).await.unwrap();
    let mut saved = Vec::new();
    for (row, file) in rows.iter().zip(["labels/one.bmp.json", "labels/two.mp4.json"]) {
        let label_hash = running.create_label_row(&row.data_hash, "main").unwrap();
        let document = running.label_row(&label_hash).unwrap();
        let (sent, answered) = (AtomicU64::new(0), AtomicU64::new(0));
        saved.push(Arc::new(Saved { label_hash, document, file, sent, answered }));
    }
    running.stop().await;
    saved
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_during_save_loses_no_acknowledged_row() {
    let folder = ProjectFolder::new("");
    folder.write("data/one.bmp", image(4, 4));
    folder.write("data/two.mp4", video(4));
    let rows = begin(&folder).await;
    let mut in_between = 0;
    for _ in 0..TIMES {
        let mut process = Process::start(folder.path());
        let (platform, project) = (process.client(), process.project);
        let saving: Vec<_> = rows
            .iter()
            .map(|row| {
                let (row, platform) = (Arc::clone(row), platform.clone());
                tokio::spawn(async move { row.save_until_it_fails(&platform, project).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_micros(u64::from(some_number()) % 40_000)).await;
        // SIGKILL cannot be handled by the process.
        process.child.kill().unwrap();
        process.child.wait().unwrap();
        for task in saving {
            task.await.unwrap();
        }
        rows.iter().for_each(|row| row.check(&folder));
        in_between += usize::from(folder.names("labels").iter().any(|name| name.ends_with(".unfinished")));
    }
    let saves: u64 = rows.iter().map(|row| row.answered.load(Ordering::SeqCst)).sum();
    println!("killed {TIMES} times during {saves} saves, {in_between} times with a file half written");
    assert!(saves > 0 && in_between > 0, "it was never killed in the middle of a save");
    // Temporary files are removed.
    begin(&folder).await;
    assert!(folder.names("labels").iter().all(|name| !name.ends_with(".unfinished")));
}

/// Returns a pseudo-random number: the last digits of the clock.
fn some_number() -> u32 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos() / 7
}
