//! Data with very many labels.

use std::fmt::Write as _;

use agent_studio::{DataSource, ProjectSource};

use super::data::{ONTOLOGY, picture};

pub const CROWD: &str = "cccc2222-0000-4000-8000-000000000001";
pub const LARGE: &str = "cccc2222-0000-4000-8000-000000000002";
pub const PROJECT: uuid::Uuid = uuid::uuid!("cccc1111-0000-4000-8000-000000000001");

/// Returns a project with an image of ten thousand polygons and boxes, and a video whose label row has 5 MB.
pub fn project() -> ProjectSource {
    let mut crowd = DataSource::image("ten-thousand.bmp", 1920, 1080).data_hash(CROWD).bytes(picture(1920, 1080, 0));
    crowd.facts.mime = Some("image/bmp".to_owned());
    let crowd = crowd.label_row("main", row(CROWD, "image", &crowd_labels()));
    let large = DataSource::video("five-megabytes.mp4", 1920, 1080, 1000, 25.0).data_hash(LARGE);
    let large = large.label_row("main", row(LARGE, "video", &large_labels()));
    ProjectSource::new("Crowds", ONTOLOGY).project_hash(PROJECT).data(crowd).data(large)
}

/// Labels, and the hashes of their objects.
struct Labels {
    json: String,
    hashes: Vec<String>,
}

fn row(data: &str, kind: &str, labels: &Labels) -> String {
    let answers: Vec<String> = labels
        .hashes
        .iter()
        .enumerate()
        .map(|(n, hash)| format!(r#""{hash}":{{"objectHash":"{hash}","classifications":[],"objectNumber":{n}}}"#))
        .collect();
    format!(
        r#"{{"label_hash":"label-{data}","branch_name":"main","created_at":"Thu, 09 Feb 2023 14:12:03 UTC","last_edited_at":"Thu, 09 Feb 2023 14:12:03 UTC","dataset_hash":"d","dataset_title":"d","data_hash":"{data}","data_title":"{kind}","data_type":"{kind}","label_status":"LABEL_IN_PROGRESS","object_actions":{{}},"classification_answers":{{}},"spaces":{{}},"object_answers":{{{}}},"data_units":{{"{data}":{{"data_hash":"{data}","data_title":"{kind}","data_type":"{kind}/x","data_sequence":0,"width":1920,"height":1080,"labels":{}}}}}}}"#,
        answers.join(","),
        labels.json
    )
}

/// Returns an object entry. Every third is a box, and the others are polygons of ten vertices.
fn entry(hash: &str, n: u32, x: f64, y: f64, size: f64) -> String {
    let common = r#""createdAt":"Thu, 09 Feb 2023 14:12:03 UTC","createdBy":"a@example.test","confidence":1,"manualAnnotation":true"#;
    if n.is_multiple_of(3) {
        return format!(
            r##"{{"objectHash":"{hash}","featureHash":"ob/BOX+1","name":"Vehicle","color":"#D33115","shape":"bounding_box","value":"vehicle",{common},"boundingBox":{{"h":{size:.4},"w":{size:.4},"x":{x:.4},"y":{y:.4}}}}}"##
        );
    }
    let mut ring = String::new();
    for corner in 0..10 {
        let angle = f64::from(corner) / 10.0 * std::f64::consts::TAU + f64::from(n);
        let radius = size / 2.0 * (0.7 + 0.3 * f64::from(corner % 2));
        let comma = if corner == 0 { "" } else { "," };
        let _ = write!(ring, "{comma}{:.4},{:.4}", x + radius * angle.cos(), y + 1.7 * radius * angle.sin());
    }
    format!(
        r##"{{"objectHash":"{hash}","featureHash":"obPOLY02","name":"Field","color":"#16A34A","shape":"polygon","value":"field",{common},"polygons":[[[{ring}]]]}}"##
    )
}

fn crowd_labels() -> Labels {
    let hashes: Vec<String> = (0..10_000).map(|n| format!("crowd{n:05}")).collect();
    let at = |n: u32| (f64::from(n % 125) / 125.0 + 0.004, f64::from(n / 125) / 80.0 + 0.006);
    let entries: Vec<String> = (0..10_000_u32)
        .map(|n| entry(&hashes[n as usize], n, at(n).0, at(n).1, 0.004 + f64::from(n * 7919 % 97) / 97.0 * 0.01))
        .collect();
    Labels { json: format!(r#"{{"objects":[{}],"classifications":[]}}"#, entries.join(",")), hashes }
}

fn large_labels() -> Labels {
    let hashes: Vec<String> = (0..14).map(|n| format!("large{n:03}")).collect();
    let frames: Vec<String> = (0..1000_u32)
        .map(|frame| {
            let place = |n: u32| (f64::from((frame + 70 * n) % 1000) / 1000.0, f64::from(n) / 15.0);
            let entries: Vec<String> =
                (0..14_u32).map(|n| entry(&hashes[n as usize], n, place(n).0, place(n).1, 0.06)).collect();
            format!(r#""{frame}":{{"objects":[{}],"classifications":[]}}"#, entries.join(","))
        })
        .collect();
    Labels { json: format!("{{{}}}", frames.join(",")), hashes }
}
