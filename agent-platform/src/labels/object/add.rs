//! New objects.

use crate::hash::{FeatureHash, ObjectHash};
use crate::json::Tree;
use crate::labels::answer::{AnswerInput, IntoAnswer, fit, statics};
use crate::labels::error::{EditError, ReadError};
use crate::labels::frame_index::IntoFrameIndex;
use crate::labels::geometry::{AnyCoordinates, BoundingBox, IntoCoordinates, Point, Polygon, Polyline, Vertex};
use crate::labels::index::{Idx, ObjectRecord, Place, ROOT};
use crate::labels::media::{Bounds, Placing, bounds};
use crate::labels::new_entry::{ObjectAnswersEntry, to_json};
use crate::labels::provenance::{Provenance, provenance_setters};
use crate::labels::ranges::{HtmlRange, IntoRanges, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::{ObjectClass, Ontology};

use super::answers::attribute_of;
use super::edit::ObjectEdit;
use super::ranges::Cover;

/// An object that is about to be added; see [`LabelRow::add`]. Nothing happens before [`Self::on`], [`Self::on_each`],
/// [`Self::during`], [`Self::over`] or [`Self::over_html`] places it.
#[derive(Debug)]
#[must_use = "the object is added when it is placed, with `.on(frame)` or `.over(ranges)`"]
pub struct AddObject<'r> {
    row: &'r mut LabelRow,
    class: String,
    coordinates: Option<AnyCoordinates>,
    space: Option<String>,
    hash: Option<ObjectHash>,
    number: Option<u64>,
    provenance: Provenance,
    bounds: Bounds,
    answers: Vec<(String, AnswerInput)>,
    failure: Option<ReadError>,
}

/// A new object as an argument of [`LabelRow::add`]: a class by its title or feature hash, or the builder of a class of
/// `ontology!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new object",
    label = "not a new object",
    note = "name the class by its title or feature hash, such as `row.add(\"Car\")`, or use the builder of a class of `ontology!`, such as `row.add(NewCar::new(...))`"
)]
pub trait IntoNewObject {
    /// Begins the object in the row.
    fn into_new_object(self, row: &mut LabelRow) -> AddObject<'_>;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str>> IntoNewObject for T {
    fn into_new_object(self, row: &mut LabelRow) -> AddObject<'_> {
        AddObject::new(row, self.as_ref())
    }
}

provenance_setters!(AddObject, ObjectHash);

bounds!(AddObject);

impl<'r> AddObject<'r> {
    pub(crate) fn new(row: &'r mut LabelRow, class: &str) -> Self {
        Self {
            row,
            class: class.to_owned(),
            coordinates: None,
            space: None,
            hash: None,
            number: None,
            provenance: Provenance::default(),
            bounds: Bounds::default(),
            answers: Vec::new(),
            failure: None,
        }
    }

    /// Creates an object that cannot be placed.
    pub(crate) fn failed(row: &'r mut LabelRow, failure: ReadError) -> Self {
        Self { failure: Some(failure), ..Self::new(row, "") }
    }

    /// Its coordinates: any shape.
    pub fn coordinates(mut self, coordinates: impl IntoCoordinates) -> Self {
        self.coordinates = Some(coordinates.into_coordinates());
        self
    }

    /// A box: left edge, top edge, width and height, relative to the image, 0 to 1.
    pub fn bounding_box(self, x: f64, y: f64, width: f64, height: f64) -> Self {
        self.coordinates(BoundingBox { x, y, width, height })
    }

    /// A polygon of one outline: corners as `(x, y)`, relative to the image, 0 to 1.
    pub fn polygon<V: Into<Vertex>>(self, outline: impl IntoIterator<Item = V>) -> Self {
        self.coordinates(Polygon::new(outline))
    }

    /// An open line in the image: points as `(x, y)`, relative to the image, 0 to 1.
    pub fn polyline(self, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.coordinates(Polyline::new(points.into_iter().map(|(x, y)| Point::new(x, y))))
    }

    /// A point in the image, relative to it, 0 to 1.
    pub fn point(self, x: f64, y: f64) -> Self {
        self.coordinates(Point::new(x, y))
    }

    /// With this number in the label editor.
    pub fn number(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }

    /// With an answer to an attribute, by name or feature hash. A dynamic one is answered wherever the object is placed.
    pub fn answer(mut self, attribute: impl AsRef<str>, answer: impl IntoAnswer) -> Self {
        self.answers.push((attribute.as_ref().to_owned(), answer.into_answer()));
        self
    }

    /// Places it on a frame, from 0.
    ///
    /// # Errors
    /// An unknown class, coordinates that are missing, of another shape or outside the image ([`Self::clamped`] cuts them
    /// down, [`Self::beyond_media`] accepts them), a frame that the media does not have, a mask of another size, an answer
    /// that does not fit, or media that takes no such objects.
    pub fn on(self, frame: impl IntoFrameIndex) -> Result<ObjectEdit<'r>, EditError> {
        self.on_each(frame.into_frame_index())
    }

    /// Places it on several frames, with the same coordinates.
    ///
    /// # Errors
    /// As [`Self::on`], and no frames.
    pub fn on_each(self, frames: impl IntoRanges) -> Result<ObjectEdit<'r>, EditError> {
        self.place_on(&frames.into_ranges(), None)
    }

    /// Places it on a continuous scene from one nanosecond to another, where it ends.
    ///
    /// # Errors
    /// As [`Self::on`], media that is no continuous scene, and an end that is not behind the start.
    pub fn during(self, start: u64, end: u64) -> Result<ObjectEdit<'r>, EditError> {
        if end <= start {
            return Err(EditError::NoRange);
        }
        self.place_on(&Ranges::from(start), Some(end))
    }

    /// Places it over ranges of a sound (milliseconds), a time series or a text (characters).
    ///
    /// # Errors
    /// An unknown class, a class whose objects are not over ranges of this media, no range, or an answer that does not fit.
    pub fn over(self, ranges: impl IntoRanges) -> Result<ObjectEdit<'r>, EditError> {
        self.place_over(&Cover::Ranges(ranges.into_ranges()))
    }

    /// Places it over stretches of an HTML page.
    ///
    /// # Errors
    /// As [`Self::over`].
    pub fn over_html(self, ranges: Vec<HtmlRange>) -> Result<ObjectEdit<'r>, EditError> {
        self.place_over(&Cover::Html(ranges))
    }

    /// Checks what does not depend on the place, and returns the text of the answers entry.
    fn prepare(&mut self, class: &ObjectClass, ontology: &Ontology) -> Result<String, EditError> {
        self.provenance.check()?;
        let hash: ObjectHash = self.row.free_hash(self.hash.take())?;
        let mut entry = Tree::parse(&to_json(&ObjectAnswersEntry::new(hash.as_str())))?;
        // What is below an option of a dynamic attribute is not dynamic (contract:
        // `docs/contract/label-format.md#dynamic-answers`).
        let mut chosen_by_dynamic: Vec<FeatureHash> = Vec::new();
        for (key, input) in &self.answers {
            let attribute = attribute_of(ontology, class, key)?;
            let answer = fit(attribute, input.clone())?;
            if attribute.is_dynamic() {
                chosen_by_dynamic.extend(answer.value.options().iter().map(|option| option.feature_hash.clone()));
            } else if attribute.parent_option().is_some_and(|option| chosen_by_dynamic.iter().any(|is| is == option)) {
                statics::set(ontology, &mut entry, attribute, &answer, true)?;
            } else {
                statics::set_if_asked(ontology, &mut entry, attribute, &answer, true)?;
            }
        }
        if let Some(number) = self.number {
            let feature = Some(self.row.index.feature_named(class.feature_hash().as_str()));
            self.row.check_number(feature, number, None)?;
            entry.set(Tree::ROOT, "objectNumber", &number.to_string())?;
        }
        self.hash = Some(hash);
        Ok(entry.render(Tree::ROOT))
    }

    fn place_on(mut self, frames: &Ranges, end: Option<u64>) -> Result<ObjectEdit<'r>, EditError> {
        self.failure.take().map_or(Ok(()), Err)?;
        let ontology = self.row.ontology.clone();
        let class = ontology.object(&self.class).ok_or_else(|| EditError::UnknownClass { key: self.class.clone() })?;
        let place = self.row.place_or_refuse(self.space.as_deref())?;
        let Some(coordinates) = self.coordinates.take() else {
            return Err(EditError::NoCoordinates { class: class.name().to_owned() });
        };
        LabelRow::check_shape(class, &coordinates)?;
        let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return Err(EditError::NoRange) };
        self.row.check_coordinates(place, first, &coordinates)?;
        self.row.check_coordinates(place, last, &coordinates)?;
        let coordinates = self.row.within_media(place, first, &coordinates, self.bounds, None)?.into_owned();
        let events = self.row.placing(place) == Placing::Events;
        if events != end.is_some() {
            return Err(self.wrong_end(place, first, end));
        }
        let answers = self.prepare(class, &ontology)?;
        let (row, provenance, bounds) = (self.row, self.provenance, self.bounds);
        let hash = self.hash.unwrap_or_default();
        let entry = row.new_object_entry(hash.as_str(), class, place, &coordinates, &provenance)?;
        for frame in frames.iter().flat_map(|range| range.start..=range.end) {
            row.check_coordinates(place, frame, &coordinates)?;
            row.within_media(place, frame, &coordinates, bounds, None)?;
        }
        let object = row.index.object_named(hash.as_str());
        row.index.object_mut(object).feature = Some(row.index.feature_named(class.feature_hash().as_str()));
        for frame in frames.iter().flat_map(|range| range.start..=range.end) {
            let blob = row.blob_for(place, frame)?;
            row.put_object_entry(object, blob, &entry)?;
        }
        let node = row.append_answers("object_answers", hash.as_str(), &answers)?;
        row.index.object_mut(object).answers = Some(node);
        row.mention_points(object, class, place)?;
        let start = row.index.placements_in(&row.tree, object, place).next_back();
        if let (Some(end), Some(start)) = (end, start) {
            row.add_delete_event(object, place, end, start)?;
        }
        Ok(answer_dynamic(row, object, place, class, &ontology, self.answers)?.with_bounds(bounds))
    }

    fn wrong_end(&self, place: Place, frame: u64, end: Option<u64>) -> EditError {
        if end.is_none() {
            return EditError::NoEnd { hash: self.hash.clone().unwrap_or_default(), frame };
        }
        EditError::NotOnThisMedia { media: self.row.medium_name(place), what: "objects with an end".to_owned() }
    }

    fn place_over(mut self, cover: &Cover) -> Result<ObjectEdit<'r>, EditError> {
        self.failure.take().map_or(Ok(()), Err)?;
        let ontology = self.row.ontology.clone();
        let class = ontology.object(&self.class).ok_or_else(|| EditError::UnknownClass { key: self.class.clone() })?;
        let place = self.row.place_or_refuse(self.space.as_deref())?;
        if let Some(coordinates) = &self.coordinates {
            LabelRow::check_shape(class, coordinates)?;
        }
        self.row.check_cover(place, class, cover)?;
        let answers = self.prepare(class, &ontology)?;
        let (row, provenance) = (self.row, self.provenance);
        let hash = self.hash.unwrap_or_default();
        let mut entry = Tree::parse(&answers)?;
        row.write_new_cover(&mut entry, place, class, cover, &provenance)?;
        let object = row.index.object_named(hash.as_str());
        let feature = Some(row.index.feature_named(class.feature_hash().as_str()));
        let node = row.append_answers("object_answers", hash.as_str(), &entry.render(Tree::ROOT))?;
        let record = row.index.object_mut(object);
        (record.feature, record.answers, record.ranged) = (feature, Some(node), true);
        answer_dynamic(row, object, place, class, &ontology, self.answers)
    }
}

/// The dynamic ones among the answers, which were checked before.
fn answer_dynamic<'r>(
    row: &'r mut LabelRow,
    object: Idx<ObjectRecord>,
    place: Place,
    class: &ObjectClass,
    ontology: &Ontology,
    answers: Vec<(String, AnswerInput)>,
) -> Result<ObjectEdit<'r>, EditError> {
    for (key, input) in answers {
        if attribute_of(ontology, class, &key)?.is_dynamic() {
            row.answer_object(object, place, &key, input, None)?;
        }
    }
    debug_assert!(place == ROOT || row.index.space(place).is_some());
    Ok(ObjectEdit { row, id: object, place, bounds: Bounds::default() })
}
