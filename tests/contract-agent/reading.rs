//! Agents for each extractor that reads from the platform.

use std::collections::BTreeSet;

use agent_runtime::agent_platform::client::ItemType;
use agent_runtime::agent_platform::labels::DataType;
use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::prelude::*;
use agent_runtime::uuid::Uuid;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
struct Client {
    domain: String,
}

/// Returns the address of the platform.
#[editor_agent]
async fn client(platform: PlatformClient) -> Json<Client> {
    Json(Client { domain: platform.domain().to_string() })
}

#[derive(Serialize)]
struct ProjectSummary {
    title: String,
    stages: Vec<String>,
    shapes: Vec<Shape>,
}

/// Returns the title, the stages and the shapes of the project.
#[editor_agent]
async fn project(project: &Project, ontology: &Ontology) -> Json<ProjectSummary> {
    let stages = project.stages().iter().map(|stage| stage.title.clone());
    let shapes = ontology.objects().map(|class| class.shape().clone());
    Json(ProjectSummary { title: project.title.clone(), stages: stages.collect(), shapes: shapes.collect() })
}

#[derive(Serialize)]
struct RowSummary {
    label_hash: LabelHash,
    data_type: DataType,
    branch: Option<String>,
    objects: BTreeSet<ObjectHash>,
    classifications: BTreeSet<ClassificationHash>,
    client_metadata: Option<Box<RawValue>>,
    data_link: bool,
}

impl RowSummary {
    fn of(row: &LabelRow, info: &LabelRowInfo) -> Json<Self> {
        Json(Self {
            label_hash: row.label_hash(),
            data_type: row.data_type(),
            branch: row.branch_name().map(Into::into),
            objects: row.objects().map(|object| object.hash().clone()).collect(),
            classifications: row.classifications().map(|classification| classification.hash().clone()).collect(),
            client_metadata: info.client_metadata.as_deref().map(ToOwned::to_owned),
            data_link: info.data_link.is_some(),
        })
    }
}

/// Returns a summary of the label row.
#[editor_agent]
async fn label_row(row: &LabelRow, info: &LabelRowInfo) -> Json<RowSummary> {
    RowSummary::of(row, info)
}

/// Returns a summary of the label row with further data, and with the objects of one class only.
#[editor_agent(client_metadata, images_data, signed_urls, only_objects = ["ob/BOX+1"])]
async fn label_row_with_args(row: &LabelRow, info: &LabelRowInfo) -> Json<RowSummary> {
    RowSummary::of(row, info)
}

/// Returns a summary of the label row on another branch.
#[editor_agent(branch = "peer-branch")]
async fn label_row_branch(row: &LabelRow, info: &LabelRowInfo) -> Json<RowSummary> {
    RowSummary::of(row, info)
}

#[derive(Serialize)]
struct ItemSummary {
    uuid: Uuid,
    #[serde(rename = "type")]
    item_type: ItemType,
    metadata: Option<Box<RawValue>>,
}

/// Returns UUID, type and metadata of the storage item.
#[editor_agent]
async fn storage_item(item: StorageItem) -> Result<Json<ItemSummary>> {
    let metadata = item.client_metadata.map(RawValue::from_string).transpose()?;
    Ok(Json(ItemSummary { uuid: item.uuid, item_type: item.item_type, metadata }))
}

#[derive(Serialize)]
struct SelectedObjects {
    objects: Vec<ObjectHash>,
}

/// Returns the hashes of the selected objects.
#[editor_agent]
async fn objects(selected: Selected<AnyShape>) -> Json<SelectedObjects> {
    Json(SelectedObjects { objects: selected.iter().map(|object| object.hash().clone()).collect() })
}
