//! A project on a local platform of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::{fmt, fs, io};

use agent_platform::client::PlatformClient;
use agent_platform::labels::{LabelDifference, LabelRow};
use tempfile::TempDir;

use super::error::TestProjectError;
use super::selection::TestSelection;
use crate::local_platform::{LocalPlatform, LocalPlatformBuilder};
use crate::project::ProjectSource;
use crate::running::{ClientError, EditError, RunningPlatform};
use crate::sample::copy_sample_project;

/// The e-mail address of the annotator who makes the labels of [`TestProject::with_labels`].
const ANNOTATOR: &str = "annotator@example.test";

/// A project on a local platform of its own, for the tests of agents. It is stopped and removed when this is dropped.
///
/// Data units are named by title. Tests can run concurrently, each with a project of its own.
pub struct TestProject {
    running: RunningPlatform,
    /// The label rows on `main` as they were before the agents ran, by data hash.
    before: Mutex<HashMap<String, String>>,
    _folder: Option<TempDir>,
}

impl TestProject {
    /// Opens a copy of the sample project: images, an image group and a video with labels of all kinds.
    ///
    /// # Errors
    /// The copy cannot be written, or the platform does not start.
    pub async fn sample() -> Result<Self, TestProjectError> {
        let folder = tempfile::tempdir()?;
        copy_sample_project(folder.path())?;
        Self::start(LocalPlatform::builder().folder(folder.path()), Some(folder)).await
    }

    /// Opens a copy of the project in a folder; the folder itself does not change. The crate documentation describes the files.
    ///
    /// # Errors
    /// The folder cannot be copied, or is not a project.
    pub async fn from_folder(folder: impl AsRef<Path>) -> Result<Self, TestProjectError> {
        let copy = tempfile::tempdir()?;
        copy_folder(folder.as_ref(), copy.path())?;
        Self::start(LocalPlatform::builder().folder(copy.path()), Some(copy)).await
    }

    /// Opens a project that a program describes.
    ///
    /// # Errors
    /// The project is invalid; see [`OpenError`](crate::OpenError).
    pub async fn from_source(project: ProjectSource) -> Result<Self, TestProjectError> {
        Self::start(LocalPlatform::builder().project(project), None).await
    }

    async fn start(builder: LocalPlatformBuilder, folder: Option<TempDir>) -> Result<Self, TestProjectError> {
        let running = builder.start().await?;
        let before = Mutex::new(running.main_rows());
        Ok(Self { running, before, _folder: folder })
    }

    /// Returns the platform, with its faults and its log of requests.
    #[must_use]
    pub fn platform(&self) -> &RunningPlatform {
        &self.running
    }

    /// Creates a client of the platform, for `Server::platform`.
    ///
    /// # Errors
    /// None in practice.
    pub fn client(&self) -> Result<PlatformClient, ClientError> {
        self.running.client()
    }

    /// Edits the labels of a data unit as an annotator, before an agent runs.
    ///
    /// ```
    /// use agent_studio::testing::TestProject;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let project = TestProject::sample().await?;
    /// let project = project.with_labels("rocket.jpg", |row| row.add("Item box").bounding_box(0.1, 0.1, 0.2, 0.2).on(0).map(drop))?;
    /// assert!(project.changes("rocket.jpg")?.is_empty(), "an edit is not a change of an agent");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The project has no such data unit, or the edit fails.
    pub fn with_labels<T, E: fmt::Display>(
        self,
        title: &str,
        edit: impl FnOnce(&mut LabelRow) -> Result<T, E>,
    ) -> Result<Self, TestProjectError> {
        let data_hash = self.data_hash(title)?;
        let edited = self.running.edit_as(ANNOTATOR, &data_hash, edit);
        edited.map_err(|error: EditError<E>| TestProjectError::Edit(error.to_string()))?;
        if let Some(row) = self.row_text(&data_hash) {
            self.before().insert(data_hash, row);
        }
        Ok(self)
    }

    /// Returns the payload of a call on the first frame of a data unit, with no object selected.
    ///
    /// # Errors
    /// The project has no such data unit.
    pub fn data(&self, title: &str) -> Result<TestSelection, TestProjectError> {
        let data_hash = self.data_hash(title)?;
        let row = self.row(&data_hash)?;
        let project = self.running.project_hashes().first().copied().unwrap_or_default();
        Ok(TestSelection::new(project, data_hash, row))
    }

    /// Returns the label row of a data unit on `main`; `None` if it has none.
    ///
    /// # Errors
    /// The project has no such data unit, or the row cannot be read.
    pub fn label_row(&self, title: &str) -> Result<Option<LabelRow>, TestProjectError> {
        self.row(&self.data_hash(title)?)
    }

    /// Returns the label changes of a data unit on `main` since the project was opened, or since
    /// [`with_labels`](Self::with_labels).
    ///
    /// # Errors
    /// The project has no such data unit, or a row cannot be read.
    pub fn changes(&self, title: &str) -> Result<LabelDifference, TestProjectError> {
        let data_hash = self.data_hash(title)?;
        let Some(ontology) = self.running.ontology(&data_hash) else { return Ok(LabelDifference::default()) };
        let before = self.before().get(&data_hash).cloned();
        Ok(LabelDifference::from_documents(before.as_deref(), self.row_text(&data_hash).as_deref(), &ontology)?)
    }

    fn data_hash(&self, title: &str) -> Result<String, TestProjectError> {
        let titles = self.running.data_titles();
        let found = titles.iter().find(|(_, known)| known == title).map(|(hash, _)| hash.clone());
        found.ok_or_else(|| {
            let titles = titles.into_iter().map(|(_, title)| title).collect();
            TestProjectError::NoData { title: title.to_owned(), titles }
        })
    }

    fn row_text(&self, data_hash: &str) -> Option<String> {
        self.running.label_row(&self.running.label_hash(data_hash, "main")?)
    }

    fn row(&self, data_hash: &str) -> Result<Option<LabelRow>, TestProjectError> {
        let text = self.row_text(data_hash).zip(self.running.ontology(data_hash));
        Ok(text.map(|(text, ontology)| LabelRow::parse(text, ontology)).transpose()?)
    }

    fn before(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.before.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl fmt::Debug for TestProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestProject").field("platform", &self.running).finish_non_exhaustive()
    }
}
