//! Sets of label rows with their ontologies, their listing entries, and what the Python SDK saves for them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent_platform::labels::{LabelRow, RowMetadata};
use agent_platform::ontology::Ontology;
use serde::Deserialize;
use serde_json::Value;

use crate::recordings;

/// A folder with label rows, and its `index.json`.
pub struct RowSet {
    folder: PathBuf,
    index: Index,
}

#[derive(Deserialize)]
struct Index {
    rows: BTreeMap<String, Entry>,
}

/// The entry of a row in `index.json`.
#[derive(Deserialize)]
struct Entry {
    row: String,
    metadata: String,
    ontology_file: String,
    sdk_save: String,
    file_type: Option<String>,
    #[serde(default = "yes")]
    sdk_parses_as_is: bool,
}

fn yes() -> bool {
    true
}

/// The texts of a label row and of what belongs to it.
pub struct RowTexts {
    pub name: String,
    /// The label row.
    pub row: String,
    /// Its ontology.
    pub ontology: String,
    /// Its entry in a listing of label rows.
    pub metadata: String,
    /// The document that the Python SDK saves for it.
    pub sdk_save: String,
    /// The MIME type of the data.
    pub file_type: Option<String>,
    /// Whether the Python SDK can read the row.
    pub is_read_by_sdk: bool,
}

impl RowSet {
    /// Opens the rows of this repository, which the Python SDK made.
    pub fn recorded() -> Self {
        Self::open(&recordings::path("rows"))
    }

    /// Opens the rows of the SDK's own tests: `fixtures/` in the folder that `AGENT_CONTRACT` names.
    pub fn fixtures() -> Self {
        let folder = std::env::var_os("AGENT_CONTRACT").expect(
            "Missing environment variable AGENT_CONTRACT. Set it to a folder with the SDK's test data in `fixtures/`.",
        );
        Self::open(&Path::new(&folder).join("fixtures"))
    }

    fn open(folder: &Path) -> Self {
        let path = folder.join("index.json");
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        let index: Index = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(index.rows.len() >= 40, "only {} rows", index.rows.len());
        Self { folder: folder.to_owned(), index }
    }

    /// Returns the number of rows.
    #[expect(clippy::len_without_is_empty, reason = "a set of rows is never empty")]
    pub fn len(&self) -> usize {
        self.index.rows.len()
    }

    fn text(&self, file: &str) -> String {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    }

    /// Reads all rows, sorted by name.
    pub fn texts(&self) -> Vec<RowTexts> {
        let read = |(name, entry): (&String, &Entry)| RowTexts {
            name: name.clone(),
            row: self.text(&entry.row),
            ontology: self.text(&entry.ontology_file),
            metadata: self.text(&entry.metadata),
            sdk_save: self.text(&entry.sdk_save),
            file_type: entry.file_type.clone(),
            is_read_by_sdk: entry.sdk_parses_as_is,
        };
        self.index.rows.iter().map(read).collect()
    }

    /// Reads all ontologies of the folder, each with the name of its file: those of rows, and others.
    pub fn ontologies(&self) -> Vec<(String, String)> {
        let is_ontology = |name: &String| {
            !name.contains("sdk_save") && (name.contains("ontology") && Path::new(name).extension().is_some())
        };
        let names = recordings::names(&self.folder).into_iter().filter(is_ontology);
        names.map(|name| (name.clone(), self.text(&name))).collect()
    }
}

impl RowTexts {
    /// Parses the row with its ontology and its listing entry.
    pub fn parse(&self) -> LabelRow {
        let row = LabelRow::parse(self.row.clone(), self.parse_ontology());
        let row = row.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        row.with_metadata(RowMetadata::parse(&self.metadata))
    }

    pub fn parse_ontology(&self) -> Arc<Ontology> {
        let ontology = Ontology::parse(self.ontology.clone());
        Arc::new(ontology.unwrap_or_else(|error| panic!("{}: {error}", self.name)))
    }

    /// Returns the row as JSON, with `branch_name`, which exports of label rows lack.
    pub fn on_branch(&self) -> Value {
        let mut row: Value = serde_json::from_str(&self.row).unwrap();
        if row.get("branch_name").is_none_or(Value::is_null) {
            row["branch_name"] = "main".into();
        }
        row
    }
}
