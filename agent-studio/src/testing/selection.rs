//! The payload of a call: data unit, frame and selected objects.

use agent_platform::hash::ObjectHash;
use agent_platform::labels::LabelRow;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::error::TestProjectError;
use crate::agent_payload::AgentPayload;

/// The payload of a call, as the label editor sends it. Objects are selected by class.
///
/// ```
/// use agent_studio::testing::TestProject;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let project = TestProject::sample().await?;
/// let payload = project.data("coins.png")?.select("Coin")?;
/// assert!(!payload.object_hashes().is_empty());
///
/// let error = project.data("coins.png")?.select("Zebra").unwrap_err().to_string();
/// assert_eq!(error, "no `Zebra` is on frame 0. There is Coin");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TestSelection {
    project: Uuid,
    data_hash: String,
    frame: u64,
    objects: Option<Vec<ObjectHash>>,
    row: Option<LabelRow>,
}

impl TestSelection {
    pub(super) fn new(project: Uuid, data_hash: String, row: Option<LabelRow>) -> Self {
        Self { project, data_hash, frame: 0, objects: None, row }
    }

    /// Sets the frame, from 0. Objects are selected on it, so set it first.
    pub fn on_frame(self, frame: u64) -> Self {
        Self { frame, ..self }
    }

    /// Adds all objects of a class on the frame to the selection, by title or feature hash.
    ///
    /// # Errors
    /// No object of the class is on the frame.
    pub fn select(mut self, class: &str) -> Result<Self, TestProjectError> {
        let frame = self.frame;
        let on_frame = self.row.iter().flat_map(|row| row.frame(frame).objects().collect::<Vec<_>>());
        let mut classes = Vec::new();
        let mut selected = self.objects.clone().unwrap_or_default();
        let before = selected.len();
        for object in on_frame {
            let own = object.class().map_or("", |class| class.name());
            if own == class || object.feature_hash() == class {
                selected.push(object.hash().clone());
            }
            if !classes.iter().any(|known| known == own) {
                classes.push(own.to_owned());
            }
        }
        if selected.len() == before {
            return Err(TestProjectError::NoObject { class: class.to_owned(), frame, classes });
        }
        self.objects = Some(selected);
        Ok(self)
    }

    /// Adds an object to the selection, whether it exists or not.
    pub fn select_hash(mut self, object: impl Into<ObjectHash>) -> Self {
        self.objects.get_or_insert_default().push(object.into());
        self
    }

    /// Returns the selected objects.
    #[must_use]
    pub fn object_hashes(&self) -> &[ObjectHash] {
        self.objects.as_deref().unwrap_or_default()
    }
}

impl Serialize for TestSelection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let payload = AgentPayload {
            project_hash: self.project,
            data_hash: &self.data_hash,
            frame: self.frame,
            object_hashes: self.objects.as_deref(),
        };
        payload.serialize(serializer)
    }
}
