//! `agent-studio import coco`: converts COCO annotations to a project folder.

mod classes;
mod document;
mod feature_hash;
mod geometry;
mod label;
mod media;
mod report;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use agent_platform::client::LabelRowFilter;
use agent_platform::ontology::Ontology;
use clap::{Args, Subcommand};

use super::failure::Failure;
use super::table::Table;
use super::terminal::{HEADING, Progress, print_stderr, print_stdout, styled};
use crate::raw_json::{pretty, quoted};
use crate::{LocalPlatform, RunningPlatform};

use classes::Classes;
use document::{Annotation, Document, Id};
use report::Report;

const EXIT_CODES: &str = "\
Keypoints become a skeleton, polygons a polygon, a run-length encoded mask a bitmask, and a box without any of these a bounding box. `attributes`, `supercategory` and `iscrowd` become attributes of the class.

Exit codes: 0 everything was imported, 3 some images or annotations were skipped (listed on standard error), 1 \
failure, 2 invalid command line.";

/// Exit code if images or annotations were skipped.
const EXIT_PARTIAL: u8 = 3;

/// Author of the imported labels.
const AUTHOR: &str = "coco-import@example.test";

/// Create a project folder from annotations in another format.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    Coco(Coco),
}

/// Create a project folder from COCO annotations: boxes, polygons, masks and keypoints, with a generated ontology.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Coco {
    /// The annotation file, such as `instances_val2017.json`.
    annotations: PathBuf,
    /// The folder that the images' file names are relative to.
    images: PathBuf,
    /// The project folder to create. It must be new or empty.
    folder: PathBuf,
    /// The project's title. Default: the description in the annotation file, or the folder's name.
    #[arg(long)]
    title: Option<String>,
}

/// Guard that removes an incomplete project folder when it is dropped.
struct IncompleteProject<'a> {
    folder: &'a Path,
    is_complete: bool,
}

impl Drop for IncompleteProject<'_> {
    fn drop(&mut self) {
        if !self.is_complete {
            let _ = fs::remove_dir_all(self.folder);
        }
    }
}

impl Import {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let Self::Coco(coco) = self;
        coco.run().await
    }
}

impl Coco {
    async fn run(self) -> Result<u8, Failure> {
        let mut report = Report::default();
        let document = Document::read(&self.annotations, &mut report)?;
        let is_occupied = fs::read_dir(&self.folder).is_ok_and(|mut entries| entries.next().is_some());
        if is_occupied || self.folder.is_file() {
            let shown = self.folder.display();
            return Err(Failure::new(format!("{shown} is not empty: choose another folder.")));
        }
        let mut project = IncompleteProject { folder: &self.folder, is_complete: false };
        let classes = Classes::from_document(&document);
        let titles = media::copy(&document, &self.images, &self.folder.join("data"), &mut report)?;
        self.write("ontology.json", &pretty(&classes.ontology()))?;
        self.write("project.toml", &self.settings(&document))?;
        let objects = self.add_labels(&document, &classes, &titles, &mut report).await?;
        project.is_complete = true;
        let mut table = Table::default();
        table.section(format!("Imported into {}", self.folder.display()));
        table.row("images", titles.len().to_string());
        table.row("objects", objects.to_string());
        table.row("classes", classes.count().to_string());
        table.section("Next");
        table.row("serve it", format!("agent-studio serve '{}'", self.folder.display()));
        print_stdout(table);
        if !report.is_empty() {
            print_stderr(format!("\n{}\n{report}", styled(HEADING, "Not imported")));
        }
        Ok(if report.has_skipped() { EXIT_PARTIAL } else { 0 })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(|error| Failure::write(&path, &error))
    }

    fn settings(&self, document: &Document) -> String {
        let own = self.folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let said = document.info.description.clone().filter(|text| !text.trim().is_empty());
        let title = self.title.clone().or(said).or(own).unwrap_or_else(|| "COCO".to_owned());
        let mut text = format!("title = {}\n", quoted(&title).replace('\u{7f}', "\\u007F"));
        let from = self.annotations.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let description = quoted(&format!("Imported from {from}")).replace('\u{7f}', "\\u007F");
        text.push_str(&format!("description = {description}\n"));
        text
    }

    /// Adds the objects of all images, and returns their number.
    async fn add_labels(
        &self,
        document: &Document,
        classes: &Classes<'_>,
        titles: &HashMap<Id, String>,
        report: &mut Report,
    ) -> Result<usize, Failure> {
        Ontology::parse(classes.ontology()).map_err(|error| Failure::from_error(&error))?;
        let running = LocalPlatform::builder().folder(&self.folder).start().await;
        let running = running.map_err(|error| Failure::from_error(&error))?;
        let media = list_images(&running).await?;
        let mut by_image: BTreeMap<&Id, Vec<&Annotation>> = BTreeMap::new();
        for annotation in &document.annotations {
            match titles.contains_key(&annotation.image_id) {
                true => by_image.entry(&annotation.image_id).or_default().push(annotation),
                false => report.skip("annotations of missing images", &annotation.label()),
            }
        }
        let mut progress = Progress::new("Labelling images");
        let mut objects = 0;
        for (done, (image, annotations)) in by_image.into_iter().enumerate() {
            progress.update(format!("{done} of {}", titles.len()));
            let Some(media) = titles.get(image).and_then(|title| media.get(title)) else {
                report.skip("images that cannot be read", &image.to_string());
                continue;
            };
            let labelled = running.edit_as(AUTHOR, &media.data_hash, |row| {
                Ok::<_, std::convert::Infallible>(label::add(row, classes, media, &annotations, report))
            });
            objects += labelled.map_err(|error| Failure::from_error(&error))?;
        }
        running.stop().await;
        Ok(objects)
    }
}

/// Returns the images of the served project by title.
async fn list_images(running: &RunningPlatform) -> Result<HashMap<String, media::ImportedImage>, Failure> {
    let client = running.client().map_err(|error| Failure::from_error(&error))?;
    let mut media = HashMap::new();
    for project in running.project_hashes() {
        let rows = client.list_label_rows(project, &LabelRowFilter::default()).await;
        for row in rows.map_err(|error| Failure::from_error(&error))? {
            let (Some(title), Some(width), Some(height)) = (row.data_title, row.width, row.height) else { continue };
            media.insert(title, media::ImportedImage { data_hash: row.data_hash, width, height });
        }
    }
    Ok(media)
}
