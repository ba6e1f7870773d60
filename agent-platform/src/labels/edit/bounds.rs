//! The borders of the image: the check that new coordinates lie inside.
//!
//! The platform accepts any coordinates (contract: `label-format.md`, section 6). A shape outside the image is still nearly
//! always a mistake, and the annotator cannot see it, so it is refused unless the agent asks for it.

use std::borrow::Cow;

use crate::labels::error::EditError;
use crate::labels::geometry::{AnyCoordinates, Extent, Unclipped};
use crate::labels::index::Placement;
use crate::labels::media::Placing;
use crate::labels::row::LabelRow;

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
                self.bounds = crate::labels::edit::bounds::Bounds::Clamped;
                self
            }

            /// Accepts coordinates that follow outside the image, for an object that goes on beyond the border.
            #[must_use = "it applies to the calls that follow"]
            pub fn beyond_media(mut self) -> Self {
                self.bounds = crate::labels::edit::bounds::Bounds::Beyond;
                self
            }
        }
    };
}
pub(super) use bounds;

impl LabelRow {
    /// Returns coordinates as they may be written on a frame. Coordinates in space are not checked, and neither are the
    /// points of a skeleton that are marked invisible. A shape that replaces another may reach as far outside as that did:
    /// the excess is not this edit's.
    pub(super) fn within_media<'c>(
        &self,
        place: u32,
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
        let before = before.and_then(|before| AnyCoordinates::of_entry(self.tree.text(before.entry)).ok());
        let allowed = before.and_then(|before| extent(&before)).map(|before| before.union(&Extent::IMAGE));
        let is_no_further = own.zip(allowed).is_some_and(|(own, allowed)| own.leaves(&allowed).is_none());
        if is_no_further {
            return Ok(Cow::Borrowed(coordinates));
        }
        Err(EditError::OutsideMedia { shape, side, from, to })
    }
}
