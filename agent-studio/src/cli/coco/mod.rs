//! `agent-studio import coco`: COCO annotations as a project folder.

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
use super::terminal::{HEADING, Progress, note, say, styled};
use crate::raw_json::{pretty, quoted};
use crate::{LocalPlatform, RunningPlatform};

use classes::Classes;
use document::{Annotation, Document, Id};
use report::Report;

const EXIT_CODES: &str = "\
What becomes of an annotation: keypoints a skeleton, polygons a polygon, a run-length mask a bitmask, and a box alone a \
bounding box; `attributes`, `supercategory` and `iscrowd` become attributes of the class.

Exit codes: 0 everything was imported, 3 imported but for images or annotations that are named on standard error; 1 and 2 as \
always.";

/// The exit code when something was left out.
const LEFT_OUT: u8 = 3;

/// Who is noted as the author of the labels.
const AUTHOR: &str = "coco-import@example.test";

/// Make a project folder of annotations in another format.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    Coco(Coco),
}

/// Make a project folder of COCO annotations: boxes, polygons, masks and keypoints, with an ontology made for them.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Coco {
    /// The annotations, such as `instances_val2017.json`.
    annotations: PathBuf,
    /// The folder that the file names in the annotations start from.
    images: PathBuf,
    /// The project folder to make; it must be new or empty.
    folder: PathBuf,
    /// The project's title; unless given, the description in the annotations, else the folder's name.
    #[arg(long)]
    title: Option<String>,
}

/// A project folder that is being made: removed again if that does not succeed.
struct Making<'a> {
    folder: &'a Path,
    done: bool,
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        if !self.done {
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
        let is_used = fs::read_dir(&self.folder).is_ok_and(|mut entries| entries.next().is_some());
        if is_used || self.folder.is_file() {
            let shown = self.folder.display();
            return Err(Failure::new(format!("{shown} is there already and is not empty: choose another folder.")));
        }
        let mut making = Making { folder: &self.folder, done: false };
        let classes = Classes::of(&document);
        let titles = media::copy(&document, &self.images, &self.folder.join("data"), &mut report)?;
        self.write("ontology.json", &pretty(&classes.ontology()))?;
        self.write("project.toml", &self.settings(&document))?;
        let objects = self.label(&document, &classes, &titles, &mut report).await?;
        making.done = true;
        let mut table = Table::default();
        table.section(format!("Imported into {}", self.folder.display()));
        table.row("images", titles.len().to_string());
        table.row("objects", objects.to_string());
        table.row("classes", classes.count().to_string());
        table.section("Next");
        table.row("serve it", format!("agent-studio serve '{}'", self.folder.display()));
        say(table);
        if !report.is_empty() {
            note(format!("\n{}\n{report}", styled(HEADING, "Not imported")));
        }
        Ok(if report.left_out() { LEFT_OUT } else { 0 })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(|error| Failure::file("written", &path, &error))
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

    /// Adds the objects, image by image, and gives how many they are.
    async fn label(
        &self,
        document: &Document,
        classes: &Classes<'_>,
        titles: &HashMap<Id, String>,
        report: &mut Report,
    ) -> Result<usize, Failure> {
        Ontology::parse(classes.ontology()).map_err(|error| Failure::of(&error))?;
        let running = LocalPlatform::builder().folder(&self.folder).start().await;
        let running = running.map_err(|error| Failure::of(&error))?;
        let media = listed(&running).await?;
        let mut by_image: BTreeMap<&Id, Vec<&Annotation>> = BTreeMap::new();
        for annotation in &document.annotations {
            match titles.contains_key(&annotation.image_id) {
                true => by_image.entry(&annotation.image_id).or_default().push(annotation),
                false => report.lost("annotations of images that are not there", &annotation.shown()),
            }
        }
        let mut progress = Progress::of("Labelling images");
        let mut objects = 0;
        for (done, (image, annotations)) in by_image.into_iter().enumerate() {
            progress.at(format!("{done} of {}", titles.len()));
            let Some(media) = titles.get(image).and_then(|title| media.get(title)) else {
                report.lost("images that cannot be read", &image.to_string());
                continue;
            };
            let labelled = running.edit_as(AUTHOR, &media.data_hash, |row| {
                Ok::<_, std::convert::Infallible>(label::add(row, classes, media, &annotations, report))
            });
            objects += labelled.map_err(|error| Failure::of(&error))?;
        }
        running.stop().await;
        Ok(objects)
    }
}

/// The data by title, as they are served.
async fn listed(running: &RunningPlatform) -> Result<HashMap<String, media::Medium>, Failure> {
    let client = running.client().map_err(|error| Failure::of(&error))?;
    let mut media = HashMap::new();
    for project in running.project_hashes() {
        let rows = client.list_label_rows(project, &LabelRowFilter::default()).await;
        for row in rows.map_err(|error| Failure::of(&error))? {
            let (Some(title), Some(width), Some(height)) = (row.data_title, row.width, row.height) else { continue };
            media.insert(title, media::Medium { data_hash: row.data_hash, width, height });
        }
    }
    Ok(media)
}
