//! Access to the contents of a label row: where reading and editing start.

use crate::hash::{AsHash, ClassificationHash, FeatureHash, ObjectHash};

use super::answer::IntoAnswer;
use super::classification::{Classification, ClassificationEdit, Classify};
use super::error::{EditError, ReadError};
use super::frame::{FrameLabels, Space};
use super::frame_index::IntoFrameIndex;
use super::geometry::Coordinates;
use super::index::{ClassificationRecord, Idx, ObjectRecord, Place, ROOT};
use super::media::Bounds;
use super::object::{AddObject, FrameObject, IntoNewObject, Object, ObjectEdit};
use super::row::LabelRow;

impl LabelRow {
    /// The objects, in the order they are met. Those that are on no frame and over no range are left out.
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        self.index.live_objects().map(|id| Object { row: self, id })
    }

    /// The objects of a class, by title or feature hash.
    pub fn objects_of_class<C: AsRef<str>>(&self, class: C) -> impl Iterator<Item = Object<'_>> {
        let wanted = self.feature_of_class(class.as_ref());
        self.objects().filter(move |object| wanted.is_some() && self.index.object(object.id).feature == wanted)
    }

    /// Every object of a shape on every frame, with its coordinates. Those that cannot be made sense of are left out.
    pub fn shapes<S: Coordinates>(&self) -> impl Iterator<Item = (FrameObject<'_>, S)> {
        self.objects().flat_map(|object| object.placements()).filter_map(|object| {
            let coordinates = object.coordinates::<S>().ok()?;
            Some((object, coordinates))
        })
    }

    /// An object by its hash.
    ///
    /// # Errors
    /// There is none.
    pub fn object(&self, hash: impl AsHash<ObjectHash>) -> Result<Object<'_>, ReadError> {
        Ok(Object { row: self, id: self.object_id(&hash.as_hash())? })
    }

    pub(crate) fn object_id(&self, hash: &str) -> Result<Idx<ObjectRecord>, ReadError> {
        let live = self.index.object_id(hash).filter(|id| {
            let record = self.index.object(*id);
            record.ranged || record.placed > 0
        });
        live.ok_or_else(|| ReadError::NoObject { hash: hash.into() })
    }

    /// The labels of a frame, from 0.
    #[must_use]
    pub fn frame(&self, frame: impl IntoFrameIndex) -> FrameLabels<'_> {
        FrameLabels { row: self, place: ROOT, frame: frame.into_frame_index().0 }
    }

    /// The frames that have an entry, in order; some may be empty.
    pub fn frames(&self) -> impl Iterator<Item = FrameLabels<'_>> {
        self.frames_of(ROOT)
    }

    pub(crate) fn frames_of(&self, place: Place) -> impl Iterator<Item = FrameLabels<'_>> + use<'_> {
        let of_place = self.index.by_frame.range((place, 0)..=(place, u64::MAX));
        let frames = of_place.flat_map(|((_, frame), blob)| {
            let frame = *frame;
            (0..self.index.blob(*blob).frames()).map(move |more| frame + more)
        });
        frames.map(move |frame| FrameLabels { row: self, place, frame })
    }

    /// The classifications, in the order they are met.
    pub fn classifications(&self) -> impl Iterator<Item = Classification<'_>> {
        self.index.live_classifications().map(|id| Classification { row: self, id })
    }

    /// The classifications of a class, by title or feature hash.
    pub fn classifications_of_class<C: AsRef<str>>(&self, class: C) -> impl Iterator<Item = Classification<'_>> {
        let class = class.as_ref();
        let class =
            self.ontology.classification(class).map_or_else(|| class.into(), |class| class.feature_hash().clone());
        self.classifications().filter(move |classification| *classification.feature_hash() == class)
    }

    /// A classification by its hash.
    ///
    /// # Errors
    /// There is none.
    pub fn classification(&self, hash: impl AsHash<ClassificationHash>) -> Result<Classification<'_>, ReadError> {
        let hash = hash.as_hash();
        let id = self.index.classification_id(&hash);
        let id = id.ok_or_else(|| ReadError::NoClassification { hash: hash.into() })?;
        Ok(Classification { row: self, id })
    }

    /// The spaces, in the order of the row.
    pub fn spaces(&self) -> impl Iterator<Item = Space<'_>> {
        self.index.space_places().map(|place| Space { row: self, place })
    }

    /// A space by its id.
    ///
    /// # Errors
    /// There is none.
    pub fn space(&self, id: &str) -> Result<Space<'_>, ReadError> {
        let place = self.place(Some(id))?;
        Ok(Space { row: self, place })
    }

    pub(crate) fn place(&self, space: Option<&str>) -> Result<Place, ReadError> {
        let Some(space) = space else { return Ok(ROOT) };
        self.index.place_of(space).ok_or_else(|| ReadError::NoSpace { id: space.to_owned() })
    }

    /// The number of a class in the index, if a label of it was met.
    pub(crate) fn feature_of_class(&self, class: &str) -> Option<Idx<FeatureHash>> {
        let hash = self.ontology.object(class).map_or(class, |class| class.feature_hash().as_str());
        self.index.feature_id(hash)
    }

    /// Begins a new object: of a class, by title or feature hash (`row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?`),
    /// or from the builder of a class of `ontology!` (`row.add(NewCar::new(shape, Colour::Red)).on(frame)?`).
    pub fn add(&mut self, object: impl IntoNewObject) -> AddObject<'_> {
        object.into_new_object(self)
    }

    /// Edits an object: `row.edit(hash)?.answer("Colour", "Red")?`.
    ///
    /// # Errors
    /// There is no such object.
    pub fn edit(&mut self, object: impl AsHash<ObjectHash>) -> Result<ObjectEdit<'_>, ReadError> {
        let id = self.object_id(&object.as_hash())?;
        Ok(ObjectEdit { row: self, id, place: ROOT, bounds: Bounds::default() })
    }

    /// Deletes an object: from every frame and space, with its answers.
    ///
    /// # Errors
    /// There is no such object.
    pub fn delete(&mut self, object: impl AsHash<ObjectHash>) -> Result<(), ReadError> {
        let id = self.object_id(&object.as_hash())?;
        self.delete_object(id);
        Ok(())
    }

    /// A new classification of a class, by title or feature hash, with the answer to its first attribute:
    /// `row.classify("Weather", "Sunny").on(0..=9)?`.
    pub fn classify(&mut self, class: impl AsRef<str>, answer: impl IntoAnswer) -> Classify<'_> {
        Classify::new(self, class.as_ref(), answer.into_answer())
    }

    /// Edits a classification: `row.edit_classification(hash)?.answer("Weather", "Rainy")?`.
    ///
    /// # Errors
    /// There is no such classification.
    pub fn edit_classification(
        &mut self,
        classification: impl AsHash<ClassificationHash>,
    ) -> Result<ClassificationEdit<'_>, ReadError> {
        let id = self.classification(classification)?.id;
        Ok(ClassificationEdit { row: self, id, place: ROOT })
    }

    /// Deletes a classification: from every frame and space, with its answers.
    ///
    /// # Errors
    /// There is no such classification.
    pub fn delete_classification(&mut self, classification: impl AsHash<ClassificationHash>) -> Result<(), ReadError> {
        let id = self.classification(classification)?.id;
        self.delete_classification_record(id);
        Ok(())
    }

    /// Writes the frames of each classification of the older generation into its answer, where newer clients look for
    /// them; saved without, they would drop it (contract:
    /// `docs/contract/label-format.md#generations-of-classifications`). Gives how many there were.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn upgrade_classifications(&mut self) -> Result<usize, EditError> {
        let all: Vec<Idx<ClassificationRecord>> = self.index.live_classifications().collect();
        let mut upgraded = 0;
        for id in all {
            let before = self.index.classification(id).answers.map(|node| self.tree.text(node).to_owned());
            self.write_back(id)?;
            let after = self.index.classification(id).answers.map(|node| self.tree.text(node));
            upgraded += usize::from(before.as_deref() != after);
        }
        Ok(upgraded)
    }
}
