//! Projects for the tests of agents.

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_studio::testing::{TestProject, TestProjectError};
use test_support::studio;
use test_support::studio::folder::{ProjectFolder, image};

#[editor_agent]
async fn adds_a_car(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Car").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok("Added.".to_owned())
}

#[editor_agent]
async fn selected_cars(selected: Selected<BoundingBox>) -> String {
    format!("{} selected", selected.len())
}

fn client(project: &TestProject) -> TestClient {
    let server = Server::new().agents(agents![adds_a_car, selected_cars]).platform(project.client().unwrap());
    TestClient::new(server).unwrap()
}

#[tokio::test]
async fn shows_changes_of_data_without_a_row() {
    let project = TestProject::from_source(studio::project()).await.unwrap();
    assert!(project.changes("street ü.jpg").unwrap().is_empty());
    client(&project).call("/adds-a-car", &project.data("street ü.jpg").unwrap()).await.assert_message("Added.");
    let changes = project.changes("street ü.jpg").unwrap().to_string();
    assert_eq!(changes, "added Car on frame 0: box 0.5, 0.5, 0.1 × 0.1");
}

#[tokio::test]
async fn selects_objects_of_a_class_on_a_frame() {
    let project = TestProject::from_source(studio::project()).await.unwrap();
    let two = |row: &mut LabelRow| {
        row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(3)?;
        row.add("Car").bounding_box(0.5, 0.5, 0.2, 0.2).on_each([3, 4]).map(drop)
    };
    let project = project.with_labels("drive.mp4", two).unwrap();
    let on_frame = |frame| project.data("drive.mp4").unwrap().on_frame(frame);
    let client = client(&project);
    client.call("/selected-cars", &on_frame(3).select("Car").unwrap()).await.assert_message("2 selected");
    client.call("/selected-cars", &on_frame(4).select("Car").unwrap()).await.assert_message("1 selected");
    let missing = on_frame(5).select("Car").unwrap_err();
    assert!(matches!(&missing, TestProjectError::NoObject { frame: 5, .. }), "{missing}");
    assert!(project.changes("drive.mp4").unwrap().is_empty(), "labels of the test are no change of an agent");
}

#[tokio::test]
async fn unknown_titles_are_reported_with_the_known_ones() {
    let project = TestProject::from_source(studio::project()).await.unwrap();
    let error = project.data("street.jpg").unwrap_err().to_string();
    assert_eq!(error, "the project has no data unit `street.jpg`. It has street ü.jpg, walk, drive.mp4");
}

#[tokio::test]
async fn folder_stays_as_it_is() {
    let folder = ProjectFolder::new("");
    folder.write("data/one.bmp", image(4, 4));
    let project = TestProject::from_folder(folder.path()).await.unwrap();
    client(&project).call("/adds-a-car", &project.data("one.bmp").unwrap()).await.assert_message("Added.");
    assert_eq!(project.changes("one.bmp").unwrap().len(), 1);
    assert!(!folder.path().join("labels").exists());
}

#[tokio::test]
#[should_panic(expected = "expected the message \"Something else.\", received 200 OK: {\"message\":\"Added.\"}")]
async fn failed_assertion_shows_the_response() {
    let project = TestProject::from_source(studio::project()).await.unwrap();
    client(&project).call("/adds-a-car", &project.data("walk").unwrap()).await.assert_message("Something else.");
}
