//! Objects of a class of the build's ontology.

use std::borrow::Cow;

use crate::hash::{AsHash, ObjectHash};
use crate::labels::{EditError, FrameObject, IntoFrameIndex, IntoRanges, LabelRow, Object, Ranges, ReadError};
use crate::ontology::{ClassMatch, Ontology, Rename};

use super::answer_type::AnswerType;
use super::answers::{AnswerReader, Answers};
use super::new_answers::NewAnswers;
use super::shape::LabelShape;
use super::typed_class::TypedClass;

/// An object class as a type of `ontology!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object class of an ontology",
    label = "not an object class",
    note = "`ontology!(\"ontology.json\")` generates a type for each object class of the file"
)]
pub trait ObjectType: Sized + Clone + Send + Sync + 'static {
    /// The shape of the objects.
    type Shape: LabelShape;

    /// The class.
    const CLASS: TypedClass;
    /// Feature hash of the class.
    const FEATURE_HASH: &'static str = Self::CLASS.feature_hash();
    /// Title of the class.
    const TITLE: &'static str = Self::CLASS.title();

    /// Creates the object from its label.
    fn from_label(label: ObjectLabel<Self::Shape>) -> Self;

    /// Returns the label: hash, frame, coordinates and answers.
    fn label(&self) -> &ObjectLabel<Self::Shape>;

    /// Returns the coordinates, or the ranges.
    fn shape(&self) -> &Self::Shape {
        self.label().coordinates()
    }
}

/// The label of an object: hash, coordinates and answers.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectLabel<S> {
    class: TypedClass,
    hash: ObjectHash,
    frame: Option<u64>,
    space: Option<String>,
    coordinates: S,
    answers: Answers,
}

impl<S> ObjectLabel<S> {
    /// Returns the object hash. `row.edit(coin.label())` takes the label itself, too.
    #[must_use]
    pub fn hash(&self) -> &ObjectHash {
        &self.hash
    }

    /// Returns the frame that the coordinates are on; `None` for objects that cover ranges.
    #[must_use]
    pub fn frame(&self) -> Option<u64> {
        self.frame
    }

    /// Returns the id of the space that the object is in.
    #[must_use]
    pub fn space_id(&self) -> Option<&str> {
        self.space.as_deref()
    }

    /// Returns the coordinates on the frame, or the ranges.
    #[must_use]
    pub fn coordinates(&self) -> &S {
        &self.coordinates
    }

    /// Returns the answers that are the same on every frame.
    #[must_use]
    pub fn answers(&self) -> AnswerReader<'_> {
        self.answers.reader()
    }

    /// Returns the answers on a frame.
    #[must_use]
    pub fn answers_at(&self, frame: impl IntoFrameIndex) -> AnswerReader<'_> {
        self.answers.reader_at(frame.into_frame_index().0)
    }

    /// Sets the answer to an attribute, and those nested below it, in a row.
    ///
    /// # Errors
    /// The row does not have the object, or the class has changed since the build.
    pub fn set<T: AnswerType>(&self, row: &mut LabelRow, attribute: &'static str, answer: &T) -> Result<(), EditError> {
        self.write(row, attribute, answer, None)
    }

    /// Sets the answer to a dynamic attribute on some frames in a row.
    ///
    /// # Errors
    /// The row does not have the object or the frames, or the class has changed since the build.
    pub fn set_on<T: AnswerType>(
        &self,
        row: &mut LabelRow,
        attribute: &'static str,
        answer: &T,
        frames: impl IntoRanges,
    ) -> Result<(), EditError> {
        self.write(row, attribute, answer, Some(&frames.into_ranges()))
    }

    fn write<T: AnswerType>(
        &self,
        row: &mut LabelRow,
        attribute: &'static str,
        answer: &T,
        frames: Option<&Ranges>,
    ) -> Result<(), EditError> {
        let matched = match_class(self.class, row.ontology())?;
        let mut answers = NewAnswers::default();
        answers.answer(attribute, answer);
        let edit = row.edit(&self.hash)?;
        let edit = match &self.space {
            Some(space) => edit.in_space(space)?,
            None => edit,
        };
        answers.write_to(edit, &matched, frames)?;
        Ok(())
    }
}

impl<S> AsHash<ObjectHash> for ObjectLabel<S> {
    fn as_hash(&self) -> Cow<'_, str> {
        self.hash.as_hash()
    }
}

pub(super) fn match_class(class: TypedClass, project: &Ontology) -> Result<std::sync::Arc<ClassMatch>, ReadError> {
    Ok(class.match_with(project)?)
}

/// Compares a class with the ontology of a row, and returns the titles that differ if this is the first comparison.
///
/// # Errors
/// The project lacks something that the types of the class rely on.
pub fn check_class<C: ObjectType>(row: &LabelRow) -> Result<Vec<Rename>, ReadError> {
    Ok(C::CLASS.check(row.ontology())?)
}

/// Reads an object on a frame.
///
/// # Errors
/// The object is of another class, its coordinates are malformed, or the class has changed since the build.
pub fn read_object<C: ObjectType>(object: &FrameObject<'_>) -> Result<C, ReadError> {
    let matched = match_object::<C>(&object.object())?;
    let coordinates = C::Shape::read(object)?;
    let space = object.space_id().map(str::to_owned);
    Ok(label(&object.object(), Some(object.frame()), space, coordinates, &matched))
}

/// Reads an object that covers ranges. `None` if the class has coordinates on frames.
///
/// # Errors
/// As [`read_object`].
pub fn read_ranged_object<C: ObjectType>(object: &Object<'_>) -> Result<Option<C>, ReadError> {
    let matched = match_object::<C>(object)?;
    let coordinates = C::Shape::read_ranged(object).transpose()?;
    Ok(coordinates.map(|coordinates| label(object, None, None, coordinates, &matched)))
}

fn match_object<C: ObjectType>(object: &Object<'_>) -> Result<std::sync::Arc<ClassMatch>, ReadError> {
    let matched = match_class(C::CLASS, object.row.ontology())?;
    if *object.feature_hash() == matched.class {
        return Ok(matched);
    }
    Err(ReadError::OtherClass { hash: object.hash().clone(), wanted: C::TITLE.to_owned() })
}

fn label<C: ObjectType>(
    object: &Object<'_>,
    frame: Option<u64>,
    space: Option<String>,
    coordinates: C::Shape,
    matched: &ClassMatch,
) -> C {
    let class = C::CLASS;
    let answers = Answers::from_object(object, class.dynamic_attributes(), matched);
    C::from_label(ObjectLabel { class, hash: object.hash().clone(), frame, space, coordinates, answers })
}

impl LabelRow {
    /// Reads the objects of a class of `ontology!`: each on each of its frames, or once if it covers ranges. Objects with
    /// malformed coordinates are left out.
    ///
    /// # Errors
    /// The class has changed since the build.
    pub fn objects_as<C: ObjectType>(&self) -> Result<Vec<C>, ReadError> {
        let matched = match_class(C::CLASS, self.ontology())?;
        let mut found = Vec::new();
        for object in self.objects().filter(|object| *object.feature_hash() == matched.class) {
            match read_ranged_object(&object) {
                Ok(None) => found.extend(object.placements().filter_map(|object| read_object(&object).ok())),
                ranged => found.extend(ranged.ok().flatten()),
            }
        }
        Ok(found)
    }
}
