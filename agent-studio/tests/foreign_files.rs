//! Untrusted files in a project folder, and concurrent changes of them.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use agent_platform::client::{LabelRowFilter, PlatformClient, SignedUrl};
use agent_studio::{LocalPlatform, LocalPlatformError, OpenError, RunningPlatform};
use serde_json::Value;
use test_support::studio::folder::{ProjectFolder, image};
use tokio::time::timeout;
use uuid::Uuid;

/// Timeout that indicates a hang.
const PATIENCE: Duration = Duration::from_secs(30);

async fn start(folder: &ProjectFolder) -> (RunningPlatform, PlatformClient, Uuid) {
    let starting = LocalPlatform::builder().folder(folder.path()).start();
    let running = timeout(PATIENCE, starting).await.expect("it does not hang").unwrap();
    let (platform, project) = (running.client().unwrap(), running.project_hashes()[0]);
    (running, platform, project)
}

async fn titles(platform: &PlatformClient, project: Uuid) -> Vec<String> {
    let filter = LabelRowFilter::default();
    let rows = timeout(PATIENCE, platform.list_label_rows(project, &filter)).await.expect("it does not hang").unwrap();
    rows.into_iter().map(|row| row.data_title.unwrap()).collect()
}

fn pipe(folder: &ProjectFolder, name: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skips_named_pipes() {
    let folder = ProjectFolder::new("");
    folder.write("data/one.txt", "text");
    for name in ["pipe.txt", "pipe.bmp", "pipe.mp4", "pipe.wav", "pipe.pdf", "group/pipe.bmp"] {
        pipe(&folder, &format!("data/{name}"));
    }
    folder.write("data/group/a.bmp", image(4, 4));
    let (_running, platform, project) = start(&folder).await;
    assert_eq!(titles(&platform, project).await, ["group", "one.txt"]);
    pipe(&folder, "data/later.txt");
    assert_eq!(titles(&platform, project).await, ["group", "one.txt"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejects_named_pipe_as_label_file() {
    let folder = ProjectFolder::new("");
    folder.write("data/one.txt", "text");
    pipe(&folder, "labels/one.txt.json");
    let starting = LocalPlatform::builder().folder(folder.path()).start();
    let error = timeout(PATIENCE, starting).await.expect("it does not hang").unwrap_err().to_string();
    assert!(error.contains("one.txt.json") && error.contains("not a regular file"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skips_links_out_of_the_folder() {
    let elsewhere = ProjectFolder::new("");
    elsewhere.write("secret.txt", "a secret");
    elsewhere.write("pictures/a.bmp", image(4, 4));
    let folder = ProjectFolder::new("");
    folder.write("data/one.txt", "text");
    folder.write("data/group/a.bmp", image(4, 4));
    folder.write("shared/inside.txt", "inside");
    let link = |to: &std::path::Path, name: &str| symlink(to, folder.path().join("data").join(name)).unwrap();
    link(&elsewhere.path().join("secret.txt"), "absolute.txt");
    link(&std::path::Path::new("../..").join(elsewhere.path().file_name().unwrap()).join("secret.txt"), "relative.txt");
    link(&elsewhere.path().join("pictures"), "pictures");
    link(&elsewhere.path().join("pictures/a.bmp"), "group/b.bmp");
    link(std::path::Path::new("nowhere.txt"), "broken.txt");
    link(std::path::Path::new("../shared/inside.txt"), "inside.txt");
    let (_running, platform, project) = start(&folder).await;
    assert_eq!(titles(&platform, project).await, ["group", "inside.txt", "one.txt"]);
    let filter = LabelRowFilter { include_images_data: true, ..LabelRowFilter::default() };
    let rows = platform.list_label_rows(project, &filter).await.unwrap();
    assert_eq!(rows[0].images_data.len(), 1);
    let url = async |at: usize| {
        let item = rows[at].backing_item_uuid.unwrap();
        platform.storage_item(item, SignedUrl::Wanted).await.unwrap().signed_url.unwrap()
    };
    assert_eq!(&platform.download(&url(1).await).await.unwrap().bytes[..], b"inside");
    // A file that is replaced by a link or a pipe after it was listed is not served.
    let one = folder.path().join("data/one.txt");
    let address = url(2).await;
    fs::remove_file(&one).unwrap();
    symlink(elsewhere.path().join("secret.txt"), &one).unwrap();
    platform.download(&address).await.unwrap_err();
    fs::remove_file(&one).unwrap();
    pipe(&folder, "data/one.txt");
    timeout(PATIENCE, platform.download(&address)).await.expect("it does not hang").unwrap_err();
}

#[tokio::test]
async fn rejects_data_folder_outside_project() {
    let elsewhere = ProjectFolder::new("");
    elsewhere.write("secret.txt", "a secret");
    let folder = ProjectFolder::new("");
    symlink(elsewhere.path(), folder.path().join("data")).unwrap();
    let error = LocalPlatform::builder().folder(folder.path()).start().await.unwrap_err();
    assert!(matches!(&error, LocalPlatformError::Project(OpenError::Content { .. })), "{error:?}");
    assert!(error.to_string().contains("leads out of the project's folder: move its files in"), "{error}");
}

/// Minimum number of edits of the label file.
const EDITS: u64 = 150;
/// Minimum number of saves beside them.
const SAVES: u32 = 11;

/// Another program replaces the label file while clients save it. A lost edit shows as a decreasing number.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn saves_never_overwrite_concurrent_file_edit() {
    let folder = ProjectFolder::new("");
    folder.write("data/one.txt", "text");
    let (running, platform, project) = start(&folder).await;
    let data = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap()[0].data_hash.clone();
    let label_hash = running.create_label_row(&data, "main").unwrap();
    let file = folder.path().join("labels/one.txt.json");
    let (done, saves) = (AtomicBool::new(false), AtomicU32::new(0));
    let number = |row: &Value| row["edits"].as_u64().unwrap_or(0);
    let (lost, edits) = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let editor = scope.spawn(|| {
                let (mut lost, mut edit) = (Vec::new(), 0);
                // A busy machine saves less often than the file is edited.
                while edit < EDITS || saves.load(Ordering::Relaxed) < SAVES {
                    edit += 1;
                    let mut row: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
                    if number(&row) < edit - 1 {
                        lost.push(edit - 1);
                    }
                    row["edits"] = edit.into();
                    // Text editors save like this: they write a new file and rename it.
                    let beside = folder.path().join("labels/editor.tmp");
                    fs::write(&beside, row.to_string()).unwrap();
                    fs::rename(&beside, &file).unwrap();
                    std::thread::sleep(Duration::from_millis(3));
                }
                done.store(true, Ordering::Relaxed);
                (lost, edit)
            });
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            while !done.load(Ordering::Relaxed) {
                // Reading loads the edit.
                let row = runtime.block_on(platform.label_row(project, &label_hash, &Default::default())).unwrap();
                let saved = running.save_as("x@example.test", &label_hash, row.get()).is_ok();
                saves.fetch_add(u32::from(saved), Ordering::Relaxed);
            }
            editor.join().unwrap()
        })
    });
    assert_eq!(lost, Vec::<u64>::new(), "edits that a save overwrote, of {edits}; {saves:?} saves");
    let last: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(number(&last), edits);
    assert!(folder.names("labels").iter().all(|name| !name.contains("unfinished")));
}
