//! Objects, on all frames and on one.

use std::borrow::Cow;
use std::fmt;

use crate::hash::{AsHash, FeatureHash, ObjectHash};
use crate::json::{NodeId, boolean, elements, member, open_enum, string, unsigned};
use crate::labels::answer::{
    Action, Answer, AnswerValue, actions_of, answer_at, answers_by_range, answers_in, resolve_attribute,
};
use crate::labels::error::ReadError;
use crate::labels::frame_index::IntoFrameIndex;
use crate::labels::geometry::{AnyCoordinates, Coordinates};
use crate::labels::index::{Idx, ObjectRecord, Place, Placement, ROOT};
use crate::labels::provenance::provenance_getters;
use crate::labels::ranges::{HtmlPosition, HtmlRange, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::{Attribute, ObjectClass, Shape};

/// An object instance: one thing, on any number of frames or over ranges.
///
/// [`Self::created_at`] and its like are those of an object over ranges; an object on frames has them frame by frame, see
/// [`FrameObject`].
#[derive(Clone, Copy)]
pub struct Object<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) id: Idx<ObjectRecord>,
}

impl<'r> Object<'r> {
    /// The object hash.
    #[must_use]
    pub fn hash(&self) -> &'r ObjectHash {
        &self.row.index.object(self.id).hash
    }

    /// The feature hash of its class; empty if the row does not say one.
    #[must_use]
    pub fn feature_hash(&self) -> &'r FeatureHash {
        let feature = self.row.index.object(self.id).feature;
        self.row.index.feature(feature).unwrap_or(FeatureHash::none())
    }

    /// Its class, if the ontology has it.
    #[must_use]
    pub fn class(&self) -> Option<&'r ObjectClass> {
        self.row.ontology.object(self.feature_hash()).filter(|class| class.feature_hash() == self.feature_hash())
    }

    /// The shape of its class, or else the shape that the row says it has.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        if let Some(class) = self.class() {
            return Some(class.shape().clone());
        }
        let first = self.row.index.placements(&self.row.tree, self.id).next();
        let entry = first.map_or_else(|| self.entry_text(), |placement| self.row.tree.text(placement.entry));
        AnyCoordinates::shape_of_entry(entry)
    }

    /// Its number in the label editor, if it has one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        member(self.entry_text(), "objectNumber").and_then(unsigned)
    }

    fn view(&self, placement: Placement) -> FrameObject<'r> {
        FrameObject { row: self.row, object: self.id, placement }
    }

    fn place(&self, space: Option<&str>) -> Option<Place> {
        space.map_or(Some(ROOT), |space| self.row.index.place_of(space))
    }

    /// Everywhere it is, in the data and in spaces, by frame.
    pub fn placements(&self) -> impl Iterator<Item = FrameObject<'r>> + use<'r> {
        let (row, object) = (self.row, self.id);
        row.index.placements(&row.tree, object).map(move |placement| FrameObject { row, object, placement })
    }

    /// The frames it is on, outside spaces, in order.
    pub fn frames(&self) -> impl Iterator<Item = u64> + use<'r> {
        let row = self.row;
        row.index.placements_in(&row.tree, self.id, ROOT).map(|placement| row.index.blob(placement.blob).frame)
    }

    /// The frames it is on in a space, in order.
    pub fn frames_in(&self, space: &str) -> impl Iterator<Item = u64> + use<'r> {
        let (row, id) = (self.row, self.id);
        let placements =
            self.place(Some(space)).into_iter().flat_map(move |place| row.index.placements_in(&row.tree, id, place));
        placements.map(|placement| row.index.blob(placement.blob).frame)
    }

    /// The object on a frame.
    ///
    /// # Errors
    /// It is not on that frame.
    pub fn at(&self, frame: impl IntoFrameIndex) -> Result<FrameObject<'r>, ReadError> {
        self.on(ROOT, frame.into_frame_index().0)
    }

    /// Returns the object on a frame of a space.
    ///
    /// # Errors
    /// The row has no such space, or the object is not on that frame of it.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use agent_platform::labels::LabelRow;
    /// # use agent_platform::ontology::Ontology;
    /// use agent_platform::labels::Point;
    /// # let ontology = r##"{"objects": [{"id": "1", "name": "Nose", "color": "#D33115", "shape": "point",
    /// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
    /// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "group", "data_units": {"d": {"data_hash": "d",
    /// #     "data_type": "group", "data_sequence": 0, "labels": {}}}, "spaces": {"left": {"space_type": "video", "labels": {}}},
    /// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    /// # let mut row = LabelRow::parse(text, Arc::new(Ontology::parse(ontology)?))?;
    /// let nose = row.add("Nose").point(0.2, 0.4).in_space("left").on_each(3..=4)?.hash().to_owned();
    ///
    /// let nose = row.object(&nose)?;
    /// assert!(nose.frames_in("left").eq([3, 4]));
    /// assert_eq!((nose.frames_in("right").count(), nose.frames().count()), (0, 0));
    /// assert_eq!(nose.at_in("left", 3)?.coordinates::<Point>()?, Point::new(0.2, 0.4));
    /// assert!(nose.at_in("left", 5).is_err() && nose.at_in("right", 3).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at_in(&self, space: &str, frame: impl IntoFrameIndex) -> Result<FrameObject<'r>, ReadError> {
        let place = self.place(Some(space)).ok_or_else(|| ReadError::NoSpace { id: space.to_owned() })?;
        self.on(place, frame.into_frame_index().0)
    }

    fn on(&self, place: Place, frame: u64) -> Result<FrameObject<'r>, ReadError> {
        let placement = self.row.index.object_at(&self.row.tree, self.id, place, frame);
        placement
            .map(|placement| self.view(placement))
            .ok_or_else(|| ReadError::NotOnFrame { hash: self.hash().to_owned(), frame })
    }

    fn entry_text(&self) -> &'r str {
        self.row.index.object(self.id).answers.map_or("{}", |node| self.row.tree.text(node))
    }

    /// The entry in `object_answers` as JSON, with what this crate does not know; `{}` if there is none.
    #[must_use]
    pub fn json(&self) -> &'r str {
        self.entry_text()
    }

    fn malformed(&self, what: &str) -> ReadError {
        ReadError::Malformed { hash: self.hash().to_string(), what: what.to_owned() }
    }

    /// Returns the ranges outside spaces: milliseconds of a sound, characters of a text. Empty for objects on frames.
    ///
    /// # Errors
    /// Ranges that cannot be made sense of.
    pub fn ranges(&self) -> Result<Ranges, ReadError> {
        let text = member(self.entry_text(), "range").unwrap_or("[]");
        Ranges::parse(text).ok_or_else(|| self.malformed("range"))
    }

    /// Returns the ranges in a space.
    ///
    /// # Errors
    /// Ranges that cannot be made sense of.
    pub fn ranges_in(&self, space: &str) -> Result<Ranges, ReadError> {
        let text = self.space_range(space).unwrap_or("[]");
        Ranges::parse(text).ok_or_else(|| self.malformed("range"))
    }

    fn space_range(&self, space: &str) -> Option<&'r str> {
        member(self.entry_text(), "spaces")
            .and_then(|spaces| member(spaces, space))
            .and_then(|own| member(own, "range"))
    }

    /// The stretches of an HTML page that it covers, outside spaces or in one.
    ///
    /// # Errors
    /// Ranges that cannot be made sense of.
    pub fn html_ranges(&self, space: Option<&str>) -> Result<Vec<HtmlRange>, ReadError> {
        let text = match space {
            Some(space) => self.space_range(space),
            None => member(self.entry_text(), "range_html"),
        };
        let range = |text| {
            // Objects outside spaces, pairs in them, and either is met in the other (contract: section 9).
            let mut pair = elements(text);
            let start = pair.next().or_else(|| member(text, "start"))?;
            let end = pair.next().or_else(|| member(text, "end"))?;
            Some(HtmlRange { start: HtmlPosition::parse(start)?, end: HtmlPosition::parse(end)? })
        };
        elements(text.unwrap_or("[]")).map(range).collect::<Option<_>>().ok_or_else(|| self.malformed("range_html"))
    }

    fn attribute(&self, key: &str) -> Option<&'r Attribute> {
        let class = self.class()?;
        resolve_attribute(&self.row.ontology, class.feature_hash().as_str(), class.attributes(), key)
    }

    /// The answers that are the same on every frame.
    #[must_use]
    pub fn answers(&self) -> Vec<Answer> {
        answers_in(&self.row.ontology, self.entry_text(), true)
    }

    /// Returns the static answer to an attribute, by name or feature hash.
    #[must_use]
    pub fn answer(&self, attribute: impl AsRef<str>) -> Option<AnswerValue> {
        let attribute = attribute.as_ref();
        let own = self.attribute(attribute).map_or(attribute, |attribute| attribute.feature_hash().as_str());
        self.answers().into_iter().find(|answer| answer.feature_hash == own).map(|answer| answer.value)
    }

    pub(crate) fn actions(&self, attribute: &Attribute) -> Vec<Action> {
        let entry = self.row.index.object(self.id).actions.map_or("{}", |node| self.row.tree.text(node));
        actions_of(entry, attribute.feature_hash().as_str(), attribute.attribute_type())
    }

    /// Returns the answer to an attribute, by name or feature hash, on one frame: its dynamic answer there, or the one
    /// that is the same on every frame.
    #[must_use]
    pub fn answer_at(&self, attribute: impl AsRef<str>, frame: u64) -> Option<AnswerValue> {
        let attribute = attribute.as_ref();
        let dynamic = self
            .attribute(attribute)
            .and_then(|attribute| answer_at(&self.actions(attribute), attribute.attribute_type(), frame));
        dynamic.or_else(|| self.answer(attribute))
    }

    /// The answers of a dynamic attribute, by name or feature hash, each with the frames it counts on.
    #[must_use]
    pub fn dynamic_answers(&self, attribute: impl AsRef<str>) -> Vec<(Ranges, AnswerValue)> {
        let Some(attribute) = self.attribute(attribute.as_ref()) else { return Vec::new() };
        answers_by_range(&self.actions(attribute), attribute.attribute_type())
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("hash", &self.hash()).finish_non_exhaustive()
    }
}

provenance_getters!(Object);

open_enum! {
    /// Event of an entry on a continuous scene (contract: `docs/contract/label-format.md#continuous-scenes`).
    SceneEvent {
        /// From here on the object is there, with these coordinates.
        Upsert = "upsert",
        /// From here on the object is not there.
        Delete = "delete",
    }
}

/// An object on one frame of the data or of a space.
#[derive(Clone, Copy)]
pub struct FrameObject<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) object: Idx<ObjectRecord>,
    pub(crate) placement: Placement,
}

impl<'r> FrameObject<'r> {
    /// The object, on whichever frames it is.
    #[must_use]
    pub fn object(&self) -> Object<'r> {
        Object { row: self.row, id: self.object }
    }

    /// The object hash.
    #[must_use]
    pub fn hash(&self) -> &'r ObjectHash {
        &self.row.index.object(self.object).hash
    }

    /// The feature hash of its class; empty if the row does not say one.
    #[must_use]
    pub fn feature_hash(&self) -> &'r FeatureHash {
        self.object().feature_hash()
    }

    /// Its class, if the ontology has it.
    #[must_use]
    pub fn class(&self) -> Option<&'r ObjectClass> {
        self.object().class()
    }

    /// The frame, from 0; nanoseconds on continuous scenes.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.row.index.blob(self.placement.blob).frame
    }

    /// The id of the space, if it is in one.
    #[must_use]
    pub fn space_id(&self) -> Option<&'r str> {
        let place = self.row.index.blob(self.placement.blob).place;
        self.row.index.space(place).map(|space| &*space.id)
    }

    fn entry(&self) -> NodeId {
        self.placement.entry
    }

    fn entry_text(&self) -> &'r str {
        self.row.tree.text(self.entry())
    }

    /// The whole entry as JSON, with what this crate does not know.
    #[must_use]
    pub fn json(&self) -> &'r str {
        self.entry_text()
    }

    /// The shape that the entry says it has, or that its geometry shows.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        AnyCoordinates::shape_of_entry(self.entry_text())
    }

    /// The coordinates, as those of a shape: `object.coordinates::<Polygon>()`.
    ///
    /// # Errors
    /// Another shape, or coordinates that cannot be made sense of.
    pub fn coordinates<S: Coordinates>(&self) -> Result<S, ReadError> {
        let any = self.any_coordinates()?;
        let shape = any.shape();
        S::from_any(any).ok_or_else(|| ReadError::OtherShape { hash: self.hash().to_owned(), shape, wanted: S::SHAPE })
    }

    /// The coordinates, whatever their shape.
    ///
    /// # Errors
    /// A shape that this crate does not know, or coordinates that cannot be made sense of; [`Self::json`] has them.
    pub fn any_coordinates(&self) -> Result<AnyCoordinates, ReadError> {
        AnyCoordinates::from_entry(self.entry_text()).map_err(|shape| ReadError::Malformed {
            hash: self.hash().to_string(),
            what: shape.map_or_else(|| "the shape".to_owned(), |shape| shape.to_string()),
        })
    }

    /// Returns whether the object has this shape.
    #[must_use]
    pub fn is<S: Coordinates>(&self) -> bool {
        self.shape() == Some(S::SHAPE)
    }

    /// Returns whether the entry is marked as deleted, if the row has that.
    #[must_use]
    pub fn is_deleted(&self) -> Option<bool> {
        member(self.entry_text(), "isDeleted").and_then(boolean)
    }

    /// Returns the event on a continuous scene. Default: upsert.
    #[must_use]
    pub fn event(&self) -> SceneEvent {
        let event = member(self.entry_text(), "event").and_then(string);
        event.map_or(SceneEvent::Upsert, |word| SceneEvent::from(word.as_ref()))
    }

    /// Returns the interpolation mode until the next event, such as `hold` or `linear`, if the row has it.
    #[must_use]
    pub fn interpolation(&self) -> Option<String> {
        member(self.entry_text(), "interpolate").and_then(string).map(Cow::into_owned)
    }
}

impl fmt::Debug for FrameObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameObject").field("hash", &self.hash()).field("frame", &self.frame()).finish_non_exhaustive()
    }
}

provenance_getters!(FrameObject);

impl AsHash<ObjectHash> for Object<'_> {
    fn as_hash(&self) -> Cow<'_, str> {
        self.hash().as_hash()
    }
}

impl AsHash<ObjectHash> for FrameObject<'_> {
    fn as_hash(&self) -> Cow<'_, str> {
        self.hash().as_hash()
    }
}
