//! The selected objects as prompts.

use std::ops::Deref;

use agent_core::AgentError;
use agent_core::call::{EditorCall, FromCall};
use agent_core::extract::{AnyShape, FramePixels, ObjectInstance, Selected};
use agent_core::requirements::Requirements;
use agent_platform::labels::{AnyCoordinates, BoundingBox, Point};
use agent_platform::media::Croppable;

use super::mask::Mask;
use super::prompts::{Polarity, Prompts};

/// Maximum boxes, polygons and masks per call. The masks that the model predicts for each of them take 1 MB.
pub const MAX_SELECTED: usize = 100;

/// Names of the classes whose points are not on the object: state of the server. Default: every class whose name contains
/// `negative` or `background`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NegativeClasses(Vec<String>);

impl NegativeClasses {
    /// Creates the setting from the names of classes.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

/// The selected objects as prompts, one entry per object to segment. An extractor.
///
/// A box, a polygon and a mask each prompt one object. Points within one of them refine it. Other points prompt one object
/// together. Points of [`NegativeClasses`] are not on the object. More than [`MAX_SELECTED`] boxes, polygons and masks are a 400.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectedPrompts(Vec<SelectedPrompt>);

/// The prompts for one object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SelectedPrompt {
    /// The selected object that stands for the result: its class and answers are those to carry over.
    pub source: ObjectInstance<AnyShape>,
    /// The prompts.
    pub prompts: Prompts,
}

impl SelectedPrompt {
    /// Returns the mask or polygon that the prompts refine, as an object to change; `None` if a new object is to be added.
    #[must_use]
    pub fn refined(&self) -> Option<&ObjectInstance<AnyShape>> {
        self.prompts.mask().map(|_| &self.source)
    }
}

impl Deref for SelectedPrompts {
    type Target = [SelectedPrompt];

    fn deref(&self) -> &[SelectedPrompt] {
        &self.0
    }
}

impl FromCall for SelectedPrompts {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let selected: Selected<AnyShape> = call.extract().await?;
        let is_point =
            |object: &ObjectInstance<AnyShape>| matches!(object.coordinates.0, Some(AnyCoordinates::Point(_)));
        let count = selected.iter().filter(|object| !is_point(object)).count();
        if count > MAX_SELECTED {
            let message = format!("Select up to {MAX_SELECTED} objects at once, not {count}.");
            return Err(AgentError::complaint(message));
        }
        let pixels: FramePixels = call.extract().await?;
        let negative = call.states().get::<NegativeClasses>();
        let is_negative = |class: &str| match &negative {
            Some(NegativeClasses(names)) => names.iter().any(|name| name == class),
            None => ["negative", "background"].iter().any(|word| class.to_lowercase().contains(word)),
        };
        grouped(selected.iter().cloned(), pixels.dimensions(), is_negative).map(Self)
    }

    fn declare(requirements: &mut Requirements) {
        Selected::<AnyShape>::declare(requirements);
        FramePixels::declare(requirements);
    }
}

/// Assigns the points to the objects of the other shapes.
fn grouped(
    selected: impl Iterator<Item = ObjectInstance<AnyShape>>,
    (width, height): (u32, u32),
    is_negative: impl Fn(&str) -> bool,
) -> Result<Vec<SelectedPrompt>, AgentError> {
    let (mut objects, mut points) = (Vec::new(), Vec::new());
    for source in selected {
        let drawn = |shape: &dyn Croppable| {
            let mask = shape
                .mask(width, height)
                .map_err(|_| AgentError::complaint("A selected object is outside the image."))?;
            Ok::<_, AgentError>(Mask::from_pixels(&mask, width, height))
        };
        let prompts = match &source.coordinates.0 {
            Some(AnyCoordinates::Point(point)) => {
                let polarity = if is_negative(source.class()) { Polarity::Negative } else { Polarity::Positive };
                points.push((*point, polarity, source));
                continue;
            }
            Some(AnyCoordinates::BoundingBox(shape)) => Prompts::from_box(*shape),
            Some(AnyCoordinates::RotatableBoundingBox(shape)) => around(drawn(shape)?)?,
            Some(AnyCoordinates::Polygon(shape)) => around(drawn(shape)?)?,
            Some(AnyCoordinates::Bitmask(shape)) => around(drawn(shape)?)?,
            _ => {
                let message = format!("Select boxes, points, polygons or masks: a {} is none of them.", source.class());
                return Err(AgentError::complaint(message));
            }
        };
        let prompts = match (&source.coordinates.0, prompts.bounding_box) {
            // A rotated box is no outline.
            (Some(AnyCoordinates::RotatableBoundingBox(_)), Some(shape)) => Prompts::from_box(shape),
            _ => prompts,
        };
        objects.push(SelectedPrompt { source, prompts });
    }
    let mut free: Option<SelectedPrompt> = None;
    for (point, polarity, source) in points {
        let inside =
            |object: &&mut SelectedPrompt| object.prompts.bounding_box.is_some_and(|shape| contains(&shape, point));
        if let Some(object) = objects.iter_mut().find(inside) {
            object.prompts.points.push((point, polarity));
            continue;
        }
        let object = free.get_or_insert_with(|| SelectedPrompt { source: source.clone(), prompts: Prompts::new() });
        // A positive point stands for the object.
        if polarity == Polarity::Positive && object.prompts.points.iter().all(|(_, other)| *other == Polarity::Negative)
        {
            object.source = source;
        }
        object.prompts.points.push((point, polarity));
    }
    if let Some(object) = &free
        && object.prompts.points.iter().all(|(_, polarity)| *polarity == Polarity::Negative)
    {
        return Err(AgentError::complaint(
            "A negative point needs an object: select a box, a mask or a point on it, too.",
        ));
    }
    objects.extend(free);
    Ok(objects)
}

/// Returns the prompts of a drawn mask: the mask, and the box around it.
fn around(mask: Mask) -> Result<Prompts, AgentError> {
    let thin = || AgentError::complaint("A selected object is too thin for the model. Draw a box around it.");
    let shape = mask.bounding_box().ok_or_else(thin)?;
    Ok(Prompts::from_box(shape).with_mask(mask))
}

fn contains(shape: &BoundingBox, point: Point) -> bool {
    (shape.x..=shape.x + shape.width).contains(&point.x) && (shape.y..=shape.y + shape.height).contains(&point.y)
}
