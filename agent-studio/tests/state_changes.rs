//! The state of large projects in folders: changes are appended, and merged into `state.json`.

use std::fs;

use agent_platform::client::{LabelRowFilter, PlatformClient};
use agent_studio::{LocalPlatform, RunningPlatform};
use serde_json::Value;
use test_support::studio::folder::{ProjectFolder, image};
use uuid::Uuid;

/// Number of data units with which `state.json` is large.
const UNITS: usize = 900;
const CHANGES: &str = "state-changes.jsonl";

struct Started {
    running: RunningPlatform,
    platform: PlatformClient,
    project: Uuid,
    /// Data hashes in the order of the listing.
    data: Vec<String>,
}

impl Started {
    async fn start(folder: &ProjectFolder) -> Self {
        let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
        let (platform, project) = (running.client().unwrap(), running.project_hashes()[0]);
        let rows = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap();
        Self { running, platform, project, data: rows.into_iter().map(|row| row.data_hash).collect() }
    }

    async fn set_priority(&self, data: &[String], priority: f64) {
        let priorities: Vec<_> = data.iter().map(|data| (data.as_str(), priority)).collect();
        self.platform.set_priorities(self.project, &priorities).await.unwrap();
    }
}

/// Creates a project whose `state.json` is large.
async fn large() -> ProjectFolder {
    let folder = ProjectFolder::new("");
    let image = image(1, 1);
    (0..UNITS).for_each(|unit| folder.write(&format!("data/{unit}.bmp"), &image));
    let started = Started::start(&folder).await;
    started.set_priority(&started.data, 0.25).await;
    started.running.stop().await;
    folder
}

fn priority(state: &Value, unit: usize) -> Option<f64> {
    state["tasks"][format!("{unit}.bmp")]["priority"].as_f64()
}

fn state(folder: &ProjectFolder) -> Value {
    serde_json::from_str(&folder.read("state.json")).unwrap()
}

#[tokio::test]
async fn large_state_is_merged_on_stop() {
    let folder = large().await;
    let started = Started::start(&folder).await;
    let before = folder.read("state.json");
    started.set_priority(&started.data[3..4], 0.75).await;
    // 0.5 is the default, so that the entry is removed.
    started.set_priority(&started.data[4..5], 0.5).await;
    assert_eq!(folder.read("state.json"), before, "the file was written for a single change");
    assert_eq!(folder.read(CHANGES).lines().count(), 2);
    started.running.stop().await;
    assert!(!folder.path().join(CHANGES).exists());
    let state = state(&folder);
    assert_eq!([2, 3, 4].map(|unit| priority(&state, unit)), [Some(0.25), Some(0.75), None]);
}

#[tokio::test]
async fn start_merges_changes_of_killed_platform() {
    let folder = large().await;
    let started = Started::start(&folder).await;
    started.set_priority(&started.data[3..4], 0.75).await;
    started.set_priority(&started.data[3..4], 0.875).await;
    let (state_before, mut changes) = (folder.read("state.json"), folder.read(CHANGES));
    started.running.stop().await;
    // The files as they are after `kill -9` during a write.
    let written: String = changes.lines().next().unwrap().chars().take(30).collect();
    changes.push_str(&written);
    folder.write("state.json", state_before);
    folder.write(CHANGES, &changes);

    let started = Started::start(&folder).await;
    assert_eq!(started.running.priority(&started.data[3]), Some(0.875));
    assert!(!folder.path().join(CHANGES).exists());
    assert_eq!(priority(&state(&folder), 3), Some(0.875));
    started.running.stop().await;

    // A crash after `state.json` was replaced, and before the changes were removed.
    folder.write(CHANGES, folder_changes(&changes));
    let started = Started::start(&folder).await;
    assert_eq!(started.running.priority(&started.data[3]), Some(0.875));
}

/// Returns the complete lines.
fn folder_changes(changes: &str) -> &str {
    &changes[..=changes.rfind('\n').unwrap()]
}

#[tokio::test]
async fn damaged_change_is_an_error() {
    let folder = large().await;
    folder.write(CHANGES, "{\"tasks\": {}}\n{\"tasks\": [}\n");
    let error = LocalPlatform::builder().folder(folder.path()).start().await.unwrap_err().to_string();
    assert!(error.contains(CHANGES) && error.contains("line 2"), "{error}");
}

#[tokio::test]
async fn many_changes_rewrite_state_rarely() {
    let folder = large().await;
    let started = Started::start(&folder).await;
    let path = folder.path().join("state.json");
    let version = || fs::metadata(&path).unwrap().modified().unwrap();
    let (mut last, mut rewrites) = (version(), 0);
    for change in 0..24 {
        started.set_priority(&started.data[..100], f64::from(change) / 32.0).await;
        rewrites += usize::from(version() != std::mem::replace(&mut last, version()));
    }
    assert!((1..=6).contains(&rewrites), "{rewrites} times for 24 changes");
    assert_eq!(started.running.priority(&started.data[7]), Some(23.0 / 32.0));
}

#[tokio::test]
async fn replaces_state_if_changes_were_deleted() {
    let folder = large().await;
    let started = Started::start(&folder).await;
    started.set_priority(&started.data[3..4], 0.75).await;
    fs::remove_file(folder.path().join(CHANGES)).unwrap();
    started.set_priority(&started.data[5..6], 0.75).await;
    let state = state(&folder);
    assert_eq!([3, 5].map(|unit| priority(&state, unit)), [Some(0.75), Some(0.75)]);
}
