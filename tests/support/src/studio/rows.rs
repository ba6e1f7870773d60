//! Projects that serve the rows of a [`RowSet`].

use agent_studio::{DataSource, LocalPlatform, MediaKind, ProjectSource, RunningPlatform};
use serde_json::Value;

use crate::rows::{RowSet, RowTexts};

/// Members of a listing entry that describe the media. The platform computes the others.
const MEDIA: [&str; 10] = [
    "number_of_frames",
    "duration",
    "frames_per_second",
    "width",
    "height",
    "audio_sample_rate",
    "audio_codec",
    "audio_bit_depth",
    "audio_num_channels",
    "spaces",
];

/// Describes a project with one data unit, which has this row.
fn project(texts: &RowTexts) -> ProjectSource {
    let metadata: Value = serde_json::from_str(&texts.metadata).unwrap();
    let row = texts.on_branch();
    let kind = row["data_type"].as_str().unwrap();
    let mut data = DataSource::new(row["data_title"].as_str().unwrap(), MediaKind::parse(kind).unwrap());
    data.facts.mime.clone_from(&texts.file_type);
    data.listing = Some(listing(&metadata));
    let data = data.data_hash(metadata["data_hash"].as_str().unwrap()).label_row("main", row.to_string());
    ProjectSource::new(texts.name.clone(), texts.ontology.clone()).data(data)
}

fn listing(metadata: &Value) -> String {
    let members = metadata.as_object().unwrap().iter().filter(|(key, _)| MEDIA.contains(&key.as_str()));
    Value::Object(members.map(|(key, value)| (key.clone(), value.clone())).collect()).to_string()
}

/// Serves every row of the set, each in a project of its own, in the order of [`RowSet::texts`].
pub async fn start(rows: &RowSet) -> RunningPlatform {
    let mut builder = LocalPlatform::builder();
    for texts in rows.texts() {
        builder = builder.project(project(&texts));
    }
    builder.start().await.unwrap()
}
