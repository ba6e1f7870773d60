//! Checks of labels against the media: what it takes, its frames, its size and its borders.

use std::borrow::Cow;

use crate::json::{member, string, unsigned};
use crate::ontology::Shape;

use super::data_type::{DataType, SpaceType};
use super::error::EditError;
use super::geometry::{AnyCoordinates, Extent, Unclipped};
use super::index::{Idx, Place, Placement, ROOT, UnitRecord};
use super::metadata::SpaceMetadata;
use super::row::LabelRow;

/// Placement of labels on a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placing {
    /// On frames, with coordinates in the image.
    Frames,
    /// On frames of a scene, with coordinates in space.
    Scene,
    /// At nanoseconds of a scene, as events.
    Events,
    /// On points of a point cloud.
    Points,
    /// Over ranges, by objects of this shape.
    Ranges(Shape),
    /// Over stretches of an HTML page.
    Html,
    /// Not at all: the labels are on spaces.
    Nothing,
    /// Nobody knows; nothing is refused.
    Unknown,
}

/// The treatment of coordinates outside the image. Default: [`Bounds::Inside`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// They are refused.
    #[default]
    Inside,
    /// They are cut down to the part inside.
    Clamped,
    /// They are accepted.
    Beyond,
}

/// Gives a builder the methods that choose how coordinates outside the image are treated.
macro_rules! bounds {
    ($builder:ident) => {
        impl $builder<'_> {
            /// Cuts coordinates that follow down to their intersection with the image, instead of refusing what reaches
            /// outside.
            ///
            /// Points of a skeleton outside the image move to its border and become invisible. A polygon in several pieces
            /// stays one outline that runs along the border. Turned boxes, circles, ellipses and 2-D cuboids that cross the
            /// border are refused, since their part inside has another shape; so is a line in several pieces. A shape
            /// without any part inside is refused.
            #[must_use = "it applies to the calls that follow"]
            pub fn clamped(mut self) -> Self {
                self.bounds = crate::labels::media::Bounds::Clamped;
                self
            }

            /// Accepts coordinates that follow outside the image, for an object that goes on beyond the border.
            #[must_use = "it applies to the calls that follow"]
            pub fn beyond_media(mut self) -> Self {
                self.bounds = crate::labels::media::Bounds::Beyond;
                self
            }
        }
    };
}

pub(crate) use bounds;

impl LabelRow {
    /// The kind of medium, in the wire's word.
    pub(crate) fn medium_name(&self, place: Place) -> String {
        if place == ROOT { self.data_type().as_str().to_owned() } else { self.space_type(place).as_str().to_owned() }
    }

    pub(crate) fn space_type(&self, place: Place) -> SpaceType {
        let node = self.index.space(place).and_then(|space| space.node);
        let text = node.and_then(|node| self.tree.member(node, "space_type")).map(|node| self.tree.text(node));
        SpaceType::from(text.and_then(string).unwrap_or_default().as_ref())
    }

    pub(crate) fn placing(&self, place: Place) -> Placing {
        if place != ROOT {
            return match self.space_type(place) {
                SpaceType::Video
                | SpaceType::ImageSequence
                | SpaceType::Image
                | SpaceType::MedicalFile
                | SpaceType::MedicalStack
                | SpaceType::Pdf
                | SpaceType::SceneImage => Placing::Frames,
                SpaceType::Audio => Placing::Ranges(Shape::Audio),
                SpaceType::TimeSeries => Placing::Ranges(Shape::TimeRange),
                SpaceType::Text => Placing::Ranges(Shape::Text),
                SpaceType::Html => Placing::Html,
                SpaceType::PointCloud => Placing::Points,
                SpaceType::Unknown(_) => Placing::Unknown,
            };
        }
        match self.data_type() {
            DataType::Image
            | DataType::ImageGroup
            | DataType::Video
            | DataType::Dicom
            | DataType::Nifti
            | DataType::Pdf => Placing::Frames,
            DataType::Audio => Placing::Ranges(Shape::Audio),
            DataType::TimeSeries => Placing::Ranges(Shape::TimeRange),
            DataType::PlainText => {
                let html = self
                    .index
                    .units
                    .first()
                    .and_then(|unit| self.tree.member_text(unit.node, "data_type"))
                    .and_then(string)
                    .is_some_and(|mime| mime == "text/html");
                if html { Placing::Html } else { Placing::Ranges(Shape::Text) }
            }
            DataType::Group => Placing::Nothing,
            DataType::Scene if self.is_continuous_scene() => Placing::Events,
            DataType::Scene => Placing::Scene,
            DataType::DicomStudy | DataType::Unknown(_) => Placing::Unknown,
        }
    }

    fn space_metadata(&self, place: Place) -> Option<SpaceMetadata> {
        let space = self.index.space(place)?;
        let listed = self.metadata.as_ref().and_then(|metadata| metadata.spaces.get(&*space.id)).cloned();
        listed.or_else(|| {
            let node = space.node?;
            let mut own = SpaceMetadata::default();
            // Member by member: the labels among them may be large.
            for child in self.tree.children(node) {
                let key = self.tree.key(child);
                if key != "labels" {
                    let one =
                        SpaceMetadata::parse(&format!("{{{}:{}}}", crate::json::quote(&key), self.tree.text(child)));
                    own.number_of_frames = own.number_of_frames.or(one.number_of_frames);
                    (own.width, own.height) = (own.width.or(one.width), own.height.or(one.height));
                    own.frame_sizes.extend(one.frame_sizes);
                }
            }
            Some(own)
        })
    }

    /// Returns the number of frames of a medium, if it is known and bounded.
    pub(crate) fn frame_count(&self, place: Place) -> Option<u64> {
        if place != ROOT {
            return match self.space_type(place) {
                SpaceType::Image | SpaceType::SceneImage | SpaceType::PointCloud => Some(1),
                _ => self.space_metadata(place).and_then(|space| space.number_of_frames),
            };
        }
        match self.data_type() {
            DataType::Image => Some(1),
            DataType::ImageGroup => Some(self.index.units.len() as u64),
            DataType::Video | DataType::Nifti | DataType::Pdf => {
                self.metadata.as_ref().and_then(|metadata| metadata.number_of_frames)
            }
            // The number that the listing gives for these does not bound them (contract:
            // `docs/contract/label-format.md#rejected-when-parsing`).
            _ => None,
        }
    }

    /// Rejects a frame that the medium does not have.
    pub(crate) fn check_frame(&self, place: Place, frame: u64) -> Result<(), EditError> {
        match self.frame_count(place) {
            Some(frames) if frame >= frames => Err(EditError::FrameOutOfRange { frame, frames }),
            _ => Ok(()),
        }
    }

    /// The width and height of a frame in pixels.
    pub(crate) fn frame_size(&self, place: Place, frame: u64) -> Option<(u64, u64)> {
        let size = |width: Option<u64>, height: Option<u64>| {
            Some((width.filter(|width| *width > 0)?, height.filter(|height| *height > 0)?))
        };
        let blob = self.index.blob_at(place, frame).map(|blob| self.index.blob(blob));
        if let Some(text) = blob.and_then(|blob| self.tree.member_text(blob.node, "metadata")) {
            let number = |key| member(text, key).and_then(unsigned);
            if let Some(own) = size(number("width"), number("height")) {
                return Some(own);
            }
        }
        if place != ROOT {
            let space = self.space_metadata(place)?;
            let own = usize::try_from(frame).ok().and_then(|frame| space.frame_sizes.get(frame)).copied().flatten();
            return own.or_else(|| size(space.width, space.height));
        }
        let unit = self.index.unit(self.unit_of(frame)?);
        let number = |key| self.tree.member_text(unit.node, key).and_then(unsigned);
        let listed = || self.metadata.as_ref().and_then(|metadata| size(metadata.width, metadata.height));
        size(number("width"), number("height")).or_else(listed)
    }

    /// Returns the data unit that holds a frame.
    pub(crate) fn unit_of(&self, frame: u64) -> Option<Idx<UnitRecord>> {
        match self.data_type() {
            DataType::ImageGroup => self.index.units.iter().position(|unit| unit.sequence == frame).map(Idx::new),
            _ => self.index.first_unit(),
        }
    }

    /// Rejects coordinates that cannot be put on a frame.
    pub(crate) fn check_coordinates(
        &self,
        place: Place,
        frame: u64,
        coordinates: &AnyCoordinates,
    ) -> Result<(), EditError> {
        coordinates.check()?;
        let shape = coordinates.shape();
        let flat = !matches!(shape, Shape::Cuboid | Shape::Segmentation);
        let fits = match self.placing(place) {
            // A cuboid on a frame of a video is taken, on a space it is not (contract:
            // `docs/contract/label-format.md#cuboid`).
            Placing::Frames => flat || (place == ROOT && shape == Shape::Cuboid),
            Placing::Scene => shape != Shape::Segmentation,
            Placing::Events => matches!(
                shape,
                Shape::BoundingBox
                    | Shape::RotatableBoundingBox
                    | Shape::Point
                    | Shape::Circle
                    | Shape::Ellipse
                    | Shape::Polyline
                    | Shape::Cuboid
            ),
            Placing::Points => shape == Shape::Segmentation,
            Placing::Ranges(_) | Placing::Html | Placing::Nothing => false,
            Placing::Unknown => true,
        };
        if !fits {
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what: format!("{shape} objects") });
        }
        self.check_frame(place, frame)?;
        self.check_mask_size(place, frame, coordinates)
    }

    /// Rejects a mask that is not as large as the frame.
    pub(crate) fn check_mask_size(
        &self,
        place: Place,
        frame: u64,
        coordinates: &AnyCoordinates,
    ) -> Result<(), EditError> {
        let AnyCoordinates::Bitmask(mask) = coordinates else { return Ok(()) };
        let Some((media_width, media_height)) = self.frame_size(place, frame) else {
            return Err(EditError::MaskWithoutSize);
        };
        let (width, height) = (mask.width(), mask.height());
        if (width, height) == (media_width, media_height) {
            return Ok(());
        }
        Err(EditError::MaskSize { width, height, media_width, media_height })
    }

    /// Returns whether labels outside spaces are over ranges of a file and not on frames.
    pub(crate) fn is_range_medium(&self) -> bool {
        matches!(self.placing(ROOT), Placing::Ranges(_) | Placing::Html)
    }

    /// Returns coordinates as they may be written on a frame. Coordinates in space are not checked, and neither are the
    /// points of a skeleton that are marked invisible. A shape that replaces another may reach as far outside as that did:
    /// the excess is not this edit's.
    pub(crate) fn within_media<'c>(
        &self,
        place: Place,
        frame: u64,
        coordinates: &'c AnyCoordinates,
        bounds: Bounds,
        before: Option<Placement>,
    ) -> Result<Cow<'c, AnyCoordinates>, EditError> {
        if bounds == Bounds::Beyond || self.placing(place) != Placing::Frames {
            return Ok(Cow::Borrowed(coordinates));
        }
        let extent = |coordinates: &AnyCoordinates| coordinates.extent(|| self.frame_size(place, frame));
        let own = extent(coordinates);
        let Some((side, [from, to])) = own.and_then(|own| own.leaves(&Extent::IMAGE)) else {
            return Ok(Cow::Borrowed(coordinates));
        };
        let shape = coordinates.shape();
        if bounds == Bounds::Clamped {
            return match coordinates.clipped() {
                Ok(part) if extent(&part).is_none_or(|part| part.leaves(&Extent::IMAGE).is_none()) => {
                    Ok(Cow::Owned(part))
                }
                Err(Unclipped::Empty) => Err(EditError::NothingInsideMedia { shape }),
                Err(Unclipped::OtherShape) if own.is_some_and(|own| own.misses_image()) => {
                    Err(EditError::NothingInsideMedia { shape })
                }
                _ => Err(EditError::NotClampable { shape }),
            };
        }
        let before = before.and_then(|before| AnyCoordinates::from_entry(self.tree.text(before.entry)).ok());
        let allowed = before.and_then(|before| extent(&before)).map(|before| before.union(&Extent::IMAGE));
        let is_no_further = own.zip(allowed).is_some_and(|(own, allowed)| own.leaves(&allowed).is_none());
        if is_no_further {
            return Ok(Cow::Borrowed(coordinates));
        }
        Err(EditError::OutsideMedia { shape, side, from, to })
    }
}
