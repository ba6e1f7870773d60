//! A project that tests serve from memory.

pub mod folder;
pub mod python;
pub mod recorded;
pub mod recorded_platform;
pub mod rows;

use agent_studio::{DataSource, ImageSource, ProjectSource};
use uuid::{Uuid, uuid};

pub const PROJECT: Uuid = uuid!("aaaa1111-0000-4000-8000-000000000001");
pub const IMAGE: &str = "aaaa2222-0000-4000-8000-000000000001";
pub const GROUP: &str = "aaaa2222-0000-4000-8000-000000000002";
pub const VIDEO: &str = "aaaa2222-0000-4000-8000-000000000003";

pub const ONTOLOGY: &str = r##"{
  "objects": [
    {"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "ob/BOX+1",
     "attributes": [{"id": "1.1", "name": "Colour", "type": "radio", "featureNodeHash": "atCOLO01", "required": false,
       "options": [{"id": "1.1.1", "label": "Red", "value": "red", "featureNodeHash": "opRED001"}]}]},
    {"id": "2", "name": "Field", "color": "#16406C", "shape": "polygon", "featureNodeHash": "obPOLY02"},
    {"id": "3", "name": "Water", "color": "#A4DD00", "shape": "bitmask", "featureNodeHash": "obMASK03"}
  ],
  "classifications": [
    {"id": "1", "featureNodeHash": "clSCEN01", "attributes": [
      {"id": "1.1", "name": "Scene", "type": "text", "featureNodeHash": "atSCEN01", "required": false}]}
  ]
}"##;

/// Returns a project with an image, a group of two images and a video. Only the sizes of the media are valid.
pub fn project() -> ProjectSource {
    let image = |name: &str| ImageSource::new(name, 160, 120).bytes(format!("bytes of {name}"));
    ProjectSource::new("Tests", ONTOLOGY)
        .project_hash(PROJECT)
        .data(DataSource::image("street ü.jpg", 320, 240).data_hash(IMAGE).bytes("bytes of the image"))
        .data(DataSource::image_group("walk", vec![image("0.jpg"), image("1.jpg")]).data_hash(GROUP))
        .data(
            DataSource::video("drive.mp4", 160, 120, 16, 8.0)
                .data_hash(VIDEO)
                .bytes("bytes of the video")
                .client_metadata(r#"{"camera": 1.50}"#)
                .stage("Agent 1"),
        )
}
