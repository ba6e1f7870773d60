//! Pictures of label changes, before and after.

mod mask;
mod svg;
mod thumbnail;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agent_platform::client::PlatformClient;
use agent_platform::labels::{AnyCoordinates, EntryKey, LabelChange, LabelDifference};
use agent_platform::ontology::Ontology;

use super::plan::Unit;

/// Maximum number of pictures of a run. Further data units have none.
const MAX_PICTURES: usize = 500;

/// Makes the pictures of a run.
#[derive(Debug)]
pub(crate) struct PictureMaker {
    pub(crate) platform: PlatformClient,
    pub(crate) ontology: Arc<Ontology>,
    made: AtomicUsize,
}

/// A shape with its colour.
#[derive(Debug)]
struct ColouredShape {
    shape: AnyCoordinates,
    colour: String,
}

impl PictureMaker {
    pub(crate) fn new(platform: PlatformClient, ontology: Arc<Ontology>) -> Self {
        Self { platform, ontology, made: AtomicUsize::new(0) }
    }

    /// Returns two SVG pictures of the first changed frame, over a thumbnail if the data unit is an image. Returns `None` if no shape
    /// changed, and after [`MAX_PICTURES`].
    pub(crate) async fn picture(&self, unit: &Unit, differences: &[LabelDifference]) -> Option<String> {
        let frame = first_changed_frame(differences)?;
        if self.made.fetch_add(1, Ordering::Relaxed) >= MAX_PICTURES {
            return None;
        }
        let thumbnail = thumbnail::data_url(&self.platform, unit).await;
        let before = self.shapes(differences, frame, |change| change.before().first()?.coordinates());
        let after = self.shapes(differences, frame, |change| change.after().first()?.coordinates());
        let size = unit.size.unwrap_or((4, 3));
        Some(svg::picture(size, thumbnail.as_deref(), &before) + &svg::picture(size, thumbnail.as_deref(), &after))
    }

    fn shapes(
        &self,
        differences: &[LabelDifference],
        frame: u64,
        shape: impl Fn(&LabelChange) -> Option<AnyCoordinates>,
    ) -> Vec<ColouredShape> {
        let changes = differences.iter().flat_map(LabelDifference::entries);
        let on_frame = changes.filter(|change| frame_of(change) == Some(frame));
        let coloured = on_frame.filter_map(|change| {
            Some(ColouredShape { shape: shape(change)?, colour: self.colour(change.class().unwrap_or_default()) })
        });
        coloured.collect()
    }

    fn colour(&self, class: &str) -> String {
        let colour = self.ontology.objects().find(|known| known.name() == class).map(|class| class.color().to_owned());
        let is_colour = |colour: &String| {
            colour.strip_prefix('#').is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        };
        colour.filter(is_colour).unwrap_or_else(|| "#D33115".to_owned())
    }
}

fn frame_of(change: &LabelChange) -> Option<u64> {
    match change.key() {
        EntryKey::ObjectOnFrame { space: None, frame, .. } => Some(*frame),
        _ => None,
    }
}

fn first_changed_frame(differences: &[LabelDifference]) -> Option<u64> {
    differences.iter().flat_map(LabelDifference::entries).filter_map(frame_of).min()
}
