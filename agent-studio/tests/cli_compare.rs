//! `agent-studio run --against`: comparison of agents, and reports with pictures.

use crate::cli_run::{World, contents};
use agent_runtime::prelude::*;
use agent_studio::{CallKind, DataSource, ProjectSource};
use test_support::studio;

/// Finds two cars.
#[editor_agent]
pub(crate) async fn detect(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).answer("Colour", "Red").on(frame)?;
    row.add("Car").bounding_box(0.5, 0.5, 0.2, 0.2).on(frame)?;
    Ok("2 cars.".to_owned())
}

/// Finds a car of the same size beside the first one, and one elsewhere.
#[editor_agent]
pub(crate) async fn detect_again(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Car").bounding_box(0.12, 0.1, 0.2, 0.2).on(frame)?;
    row.add("Car").bounding_box(0.5, 0.1, 0.2, 0.2).on(frame)?;
    row.add("Field").polygon([(0.1, 0.1), (0.2, 0.1), (0.2, 0.3)]).on(frame)?;
    Ok("2 cars and a field.".to_owned())
}

#[tokio::test]
async fn two_agents_are_compared_by_class() {
    let world = World::start(studio::project()).await;
    let other = format!("{}/detect-again", world.server.url());
    let ran = world.run("/detect", &["--against", &other, "--data", studio::IMAGE]).await;
    for part in [
        "1 compared, 1 differ",
        "Car precision 0.500 recall 0.500 IoU 0.818 (1 in both, 1 in the first only, 1 in the second only)",
        "Field precision - recall 0.000 IoU - (0 in both, 0 in the first only, 1 in the second only)",
        "mean of classes precision 0.500 recall 0.250 IoU 0.818",
        "Red → (none) 1",
    ] {
        assert!(ran.done().contains(part), "`{part}` is not in {}", ran.out);
    }
    assert_eq!(world.platform.calls().count(CallKind::SaveLabelRows), 0);
    std::fs::remove_file(world.journal()).unwrap();
    let ran = world.run("/detect", &["--against", &other, "--data", studio::IMAGE, "--iou", "0.9"]).await;
    assert!(ran.done().contains("Car precision 0.000 recall 0.000 IoU -"), "{}", ran.out);
}

#[tokio::test]
async fn agent_is_compared_with_labels() {
    let world = World::start(studio::project()).await;
    world.annotate(studio::IMAGE, 0.1);
    let edit = |row: &mut LabelRow| row.add("Car").bounding_box(0.5, 0.5, 0.2, 0.2).on(0).map(drop);
    world.platform.edit_as("annotator@example.test", studio::IMAGE, edit).unwrap();
    let ran = world.run("/detect", &["--against", "labels", "--data", studio::IMAGE]).await;
    let part = "Car precision 0.500 recall 0.500 IoU 1.000 (1 in both, 1 in the first only, 1 in the second only)";
    assert!(ran.done().contains(part), "{}", ran.out);
}

#[tokio::test]
async fn html_report_shows_pictures_without_other_files() {
    let pixels = agent_platform::media::RgbImage::from_pixel(320, 240, agent_platform::media::Rgb([200, 0, 0]));
    let jpeg = agent_platform::media::encode(&pixels, agent_platform::media::Encoding::jpeg(90)).unwrap().bytes;
    let image = DataSource::image("<a> & b.jpg", 320, 240).data_hash(studio::IMAGE).bytes(jpeg);
    let project = ProjectSource::new("Images", studio::ONTOLOGY).project_hash(studio::PROJECT).data(image);
    let world = World::start(project).await;
    let report = world.scratch.path("reports/run.html");
    std::fs::create_dir_all(report.parent().unwrap()).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        let _ = std::fs::remove_file(world.journal());
        let options = [more, &["--report", report.to_str().unwrap()]].concat();
        world.run("/add-car", &options).await.done();
        let page = std::fs::read_to_string(&report).unwrap();
        for part in [
            "&lt;a&gt; &amp; b.jpg",
            "Added.",
            r#"class="changed""#,
            "data:image/jpeg;base64,",
            r##"stroke="#D33115""##,
            "M80.0 60.0L96.0 60.0",
            "</html>",
        ] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        assert_eq!((page.matches("<svg").count(), page.matches("<path").count()), (2, 1), "{page}");
        assert!(!page.contains("http-equiv") && !page.contains("src="), "{page}");
    }
    assert_eq!(contents(report.parent().unwrap()).len(), 1);
    world.run("/add-car", &["--report", "run.txt"]).await.fails_saying(".jsonl or .html");
}
