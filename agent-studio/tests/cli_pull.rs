//! `agent-studio pull` from a local platform, and `doctor` against it.

use std::path::Path;

use crate::cli::{Ran, Scratch, program, run};
use agent_platform::client::{LabelRowFilter, ReadLabels, SignedUrl};
use agent_studio::{CallKind, DataSource, Effect, Fault, ImageSource, LocalPlatform, ProjectSource, RunningPlatform};
use test_support::studio::folder::{image, video};
use test_support::studio::{GROUP, IMAGE, ONTOLOGY, PROJECT, VIDEO};

/// The project on the platform: titles that are not valid file names, explicit hashes, valid files.
async fn platform() -> RunningPlatform {
    let small = |name: &str, width: u32| ImageSource::new(name, width.into(), 6).bytes(image(width, 6));
    let mut still = DataSource::image("s3://bucket/street ü", 64, 48).data_hash(IMAGE).bytes(image(64, 48));
    still.facts.mime = Some("image/bmp".to_owned());
    let project = ProjectSource::new("Far \"away\"", ONTOLOGY)
        .project_hash(PROJECT)
        .data(still.client_metadata(r#"{"camera": 1.50, "b": null}"#))
        .data(DataSource::image_group("walk", vec![small("b.bmp", 8), small("a.bmp", 10)]).data_hash(GROUP))
        .data(DataSource::video("drive.mp4", 160, 120, 16, 8.0).data_hash(VIDEO).bytes(video(16)).stage("Agent 1"));
    LocalPlatform::builder().project(project).start().await.unwrap()
}

fn with_key(running: &RunningPlatform, mut command: std::process::Command) -> std::process::Command {
    command.env("ENCORD_SSH_KEY", running.private_key().unwrap().as_str());
    command
}

async fn pull(running: &RunningPlatform, data: &str, folder: &Path, more: &[&str]) -> Ran {
    let mut command = with_key(running, program());
    // The platform is derived from the URL.
    let place = format!("{}/#project={PROJECT}&data={data}&frame=0", running.url());
    command.args(["pull", &place]).arg(folder).args(more);
    run(command).await
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn pulled_project_is_served_unchanged() {
    let far = platform().await;
    let label_hash = far
        .edit_as("annotator@example.test", VIDEO, |row| {
            row.add("Car").bounding_box(0.1, 0.25, 0.5, 0.5).answer("Colour", "Red").on(3).map(|_| ())
        })
        .map(|()| far.label_hash(VIDEO, "main").unwrap())
        .unwrap();
    // An unusual number spelling and an unknown member.
    let row = far.label_row(&label_hash).unwrap().replace("0.25", "2.50e-1").replacen('{', "{\"mine\":[1.0],", 1);
    far.save_as("annotator@example.test", &label_hash, &row).unwrap();
    let row = far.label_row(&label_hash).unwrap();
    assert!(row.contains("2.50e-1") && row.contains("\"mine\":[1.0]"));
    far.edit_as("x@example.test", GROUP, |row| row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(1).map(drop))
        .unwrap();

    let scratch = Scratch::new();
    let folder = scratch.path("pulled");
    for data in [VIDEO, GROUP, IMAGE] {
        pull(&far, data, &folder, &[]).await.done();
    }
    assert_eq!(names(&folder), ["data", "labels", "ontology.json", "project.toml", "state.json"]);
    assert_eq!(names(&folder.join("data")), ["drive.mp4", "s3___bucket_street ü.bmp", "walk"]);
    // The image has no labels, and reading it has not created a row.
    assert_eq!(names(&folder.join("labels")), ["drive.mp4.json", "walk.json"]);
    assert_eq!(far.label_hash(IMAGE, "main"), None);
    let there = far.client().unwrap();
    let project = there.project(PROJECT).await.unwrap();

    let near = LocalPlatform::builder().folder(&folder).start().await.unwrap();
    assert_eq!(near.label_row(&label_hash).as_deref(), Some(row.as_str()), "byte for byte");
    let here = near.client().unwrap();
    let said = here.project(PROJECT).await.unwrap();
    assert_eq!((said.title.as_str(), &said.ontology_hash), ("Far \"away\"", &project.ontology_hash));
    let stages = |project: &agent_platform::client::Project| format!("{:?}", project.stages());
    assert_eq!(stages(&said), stages(&project));
    let filter =
        LabelRowFilter { include_client_metadata: true, include_images_data: true, ..LabelRowFilter::default() };
    let mut rows = here.list_label_rows(PROJECT, &filter).await.unwrap();
    rows.sort_by(|one, other| one.data_hash.cmp(&other.data_hash));
    assert_eq!(rows.iter().map(|row| row.data_hash.as_str()).collect::<Vec<_>>(), [IMAGE, GROUP, VIDEO]);
    assert_eq!(rows[0].client_metadata.as_ref().unwrap().get(), r#"{"camera":1.50,"b":null}"#);
    assert_eq!(rows[2].workflow_graph_node.as_ref().unwrap().title.as_deref(), Some("Agent 1"));
    let far_rows = there.list_label_rows(PROJECT, &filter).await.unwrap();
    let hashes = |row: &agent_platform::client::LabelRowMetadata| -> Vec<_> {
        row.images_data.iter().map(|image| (image.image_hash.clone(), image.title.clone(), image.width)).collect()
    };
    assert_eq!(hashes(&rows[1]), hashes(&far_rows[1]));
    assert_eq!(rows[0].backing_item_uuid, far_rows[0].backing_item_uuid);
    let item = here.storage_item(rows[0].backing_item_uuid.unwrap(), SignedUrl::Wanted).await.unwrap();
    assert_eq!(here.download(item.signed_url.as_deref().unwrap()).await.unwrap().bytes, image(64, 48));
    let read = ReadLabels::default();
    let group = rows[1].label_hash.as_ref().unwrap().as_str();
    let (one, other) = (there.label_row(PROJECT, group, &read).await, here.label_row(PROJECT, group, &read).await);
    assert_eq!(one.unwrap().get(), other.unwrap().get());
}

#[tokio::test]
async fn keeps_order_of_unlabelled_image_group() {
    let far = platform().await;
    let scratch = Scratch::new();
    pull(&far, GROUP, &scratch.path("p"), &[]).await.done();
    let near = LocalPlatform::builder().folder(scratch.path("p")).start().await.unwrap();
    let filter = LabelRowFilter { include_images_data: true, ..LabelRowFilter::default() };
    let there = far.client().unwrap().list_label_rows(PROJECT, &filter.clone().data_hashes([GROUP])).await.unwrap();
    let here = near.client().unwrap().list_label_rows(PROJECT, &filter).await.unwrap();
    let order = |rows: &[agent_platform::client::LabelRowMetadata]| -> Vec<_> {
        rows[0].images_data.iter().map(|image| (image.image_hash.clone(), image.width)).collect()
    };
    assert_eq!(order(&here), order(&there));
    assert_eq!(order(&here)[0].1, Some(8));
}

#[tokio::test]
async fn overwrites_nothing_and_leaves_no_partial_pull() {
    let far = platform().await;
    let scratch = Scratch::new();
    let folder = scratch.path("p");
    pull(&far, VIDEO, &folder, &[]).await.done();
    let before = std::fs::read(folder.join("project.toml")).unwrap();
    pull(&far, VIDEO, &folder, &[]).await.fails_saying("already exists: to pull it again, move it away");
    // The storage resets the connection during the download.
    far.faults().add(Fault::new(Effect::CutOff).on(CallKind::Download));
    pull(&far, IMAGE, &folder, &[]).await.fails_saying("cannot be downloaded");
    pull(&far, IMAGE, &scratch.path("new"), &[]).await.fails_saying("cannot be downloaded");
    assert!(!scratch.path("new").exists());
    far.faults().clear();
    pull(&far, IMAGE, &scratch.path("new"), &["--largest", "0"]).await.fails_saying("allow it with --largest");
    assert_eq!(names(&folder), ["data", "ontology.json", "project.toml", "state.json"]);
    assert_eq!(names(&folder.join("data")), ["drive.mp4"]);
    assert_eq!(std::fs::read(folder.join("project.toml")).unwrap(), before);
    let serving = LocalPlatform::builder().folder(&folder).start().await.unwrap();
    pull(&far, IMAGE, &folder, &[]).await.fails_saying("is being served: stop the server");
    serving.stop().await;
    pull(&far, IMAGE, &folder, &[]).await.done();
    scratch.write("other/project.toml", "title = \"Other\"");
    pull(&far, IMAGE, &scratch.path("other"), &[]).await.fails_saying("contains another project, Other");
    scratch.write("full/note.txt", "mine");
    pull(&far, IMAGE, &scratch.path("full"), &[]).await.fails_saying("is not a project folder");
}

#[tokio::test]
async fn reports_unknown_data() {
    let far = platform().await;
    let scratch = Scratch::new();
    let nowhere = "00000000-0000-4000-8000-000000000000";
    pull(&far, nowhere, &scratch.path("a"), &[]).await.fails_saying("has no data");
    let place = format!("{}/#project={nowhere}&data={IMAGE}", far.url());
    let mut command = with_key(&far, program());
    command.args(["pull", &place]).arg(scratch.path("a"));
    run(command).await.fails_saying("set ENCORD_DOMAIN");
    let mut command = program();
    command.args(["pull", &place]).arg(scratch.path("a"));
    run(command).await.fails_saying("set ENCORD_SSH_KEY_FILE");
    assert!(!scratch.path("a").exists());
}

#[tokio::test]
async fn doctor_checks_environment() {
    let far = platform().await;
    let doctor = |command: std::process::Command| async {
        let mut command = command;
        command.arg("doctor");
        run(command).await
    };
    let mut command = with_key(&far, program());
    command.env("ENCORD_DOMAIN", far.url());
    let ran = doctor(command).await;
    for line in ["ok     key", "note   region", "ok     network", "ok     clock", "ok     account"] {
        assert!(ran.done().contains(line), "{line} is not in\n{}", ran.out);
    }
    let key = far.private_key().unwrap();
    assert!(!ran.out.contains(key.lines().nth(1).unwrap()), "a key was shown");
    // The key of another platform.
    let other = platform().await;
    let mut command = with_key(&other, program());
    command.env("ENCORD_DOMAIN", far.url());
    let ran = doctor(command).await;
    assert!(ran.code == 1 && ran.out.contains("wrong  account"), "{}", ran.out);
    let mut command = program();
    command.env("ENCORD_DOMAIN", far.url());
    let ran = doctor(command).await;
    assert!(ran.code == 1 && ran.out.contains("wrong  key") && ran.out.contains("ENCORD_SSH_KEY_FILE"), "{}", ran.out);
    let mut command = program();
    command.env("ENCORD_DOMAIN", "nonsense");
    assert!(doctor(command).await.out.contains("wrong  region"));
    let url = far.url();
    let mut command = with_key(&far, program());
    command.env("ENCORD_DOMAIN", url);
    far.stop().await;
    let ran = doctor(command).await;
    assert!(ran.code == 1 && ran.out.contains("wrong  network"), "{}", ran.out);
}

#[tokio::test]
async fn pulled_ontology_fits_until_an_option_changes() {
    let far = platform().await;
    let scratch = Scratch::new();
    let place = format!("{}/#project={PROJECT}&data={IMAGE}&frame=0", far.url());
    let ontology = async |arguments: &[&str]| {
        let mut command = with_key(&far, program());
        command.arg("ontology").args(arguments);
        run(command).await
    };
    let pulled = ontology(&["pull", &place]).await.done().to_owned();
    let file = scratch.write("ontology.json", &pulled);
    let fits = ontology(&["check", &place, &file.to_string_lossy()]).await;
    assert!(fits.done().contains("fit the project"), "{}", fits.out);

    std::fs::write(&file, pulled.replace("opRED001", "opRED002").replace("\"Field\"", "\"Meadow\"")).unwrap();
    let changed = ontology(&["check", &place, &file.to_string_lossy()]).await;
    assert_eq!(changed.code, 1, "{}{}", changed.out, changed.err);
    assert!(changed.out.contains("the attribute `Colour` has no option `Red`"), "{}", changed.out);
    assert!(changed.out.contains("warning: `Meadow` is now `Field`"), "{}", changed.out);

    let doctor = async |file: &Path| {
        let mut command = with_key(&far, program());
        command
            .env("ENCORD_DOMAIN", far.url())
            .args(["doctor", "--project", &PROJECT.to_string(), "--ontology"])
            .arg(file);
        run(command).await
    };
    let found = doctor(&file).await;
    assert_eq!(found.code, 1, "{}{}", found.out, found.err);
    assert!(
        found.out.contains("has no option `Red`") && found.out.contains("`Meadow` is now `Field`"),
        "{}",
        found.out
    );
    std::fs::write(&file, pulled).unwrap();
    assert!(doctor(&file).await.done().contains("types fit the project"));
}
