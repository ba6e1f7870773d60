//! Masks from several views of an image. They are more accurate than masks from one view, and take longer.

mod view;

use std::fmt;

use agent_platform::labels::{Bitmask, RleError};
use agent_platform::media::image::imageops::flip_horizontal;
use agent_platform::media::{Cancellation, RgbImage};
use rayon::prelude::*;

use self::view::View;
use super::error::SegmentError;
use super::mask::Mask;
use super::numbers::real;
use super::prompts::Prompts;
use super::segmenter::{Embedding, Segmenter};

/// A mask of an object from several views of the image: the mean of their logits, weighted by their scales.
#[derive(Clone, PartialEq)]
pub struct DetailedMask {
    views: Vec<(View, Mask)>,
    size: (u32, u32),
}

impl Segmenter {
    /// Predicts one mask per object from several views of the image: the whole image, its mirror image and, for a box
    /// whose longer side is at most 0.4 of the image's longer side, an enlarged crop of twice the size of the box. A
    /// single point selects one of the ambiguous masks by the predicted quality in both views.
    ///
    /// Each call encodes the mirror image, and a crop per small object. So it takes longer than
    /// [`predict`](Self::predict): by the time of one encoding, and of one more per small object. `embedding` is that of
    /// the image.
    ///
    /// # Errors
    /// The image has another size than the embedding, the prompts of an object are missing, too many or outside the
    /// image, or the work was cancelled.
    pub fn predict_detailed(
        &self,
        image: &RgbImage,
        embedding: &Embedding,
        objects: &[Prompts],
        cancellation: &Cancellation,
    ) -> Result<Vec<DetailedMask>, SegmentError> {
        let size = image.dimensions();
        if size != embedding.size() {
            return Err(SegmentError::OtherSize);
        }
        objects.iter().try_for_each(Prompts::check)?;
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let mirrored = self.encode_until(&flip_horizontal(image), cancellation)?;
        let detailed = |prompts: &Prompts| {
            let mut seen =
                vec![self.seen(View::whole(), embedding, prompts)?, self.seen(View::mirrored(), &mirrored, prompts)?];
            if let Some((view, pixels)) = View::around(prompts, size) {
                let enlarged = self.encode_until(&pixels.cut(image), cancellation)?;
                seen.push(self.seen(view, &enlarged, prompts)?);
            }
            Ok(DetailedMask { views: matching(seen, prompts.is_ambiguous()), size })
        };
        objects.iter().map(detailed).collect()
    }

    /// Predicts the masks in a view.
    fn seen(&self, view: View, embedding: &Embedding, prompts: &Prompts) -> Result<(View, Vec<Mask>), SegmentError> {
        Ok((view, self.predict(embedding, &view.prompts(prompts, embedding.extent()))?))
    }
}

impl DetailedMask {
    /// Predicted intersection over union of the mask with the object: the mean of the views. It can exceed 1.
    #[must_use]
    pub fn quality(&self) -> f32 {
        self.views.iter().map(|(_, mask)| mask.quality()).sum::<f32>() / real(self.views.len().max(1))
    }

    /// Renders the mask in the size of the image, with bilinear interpolation. Returns one entry per pixel, row by row:
    /// `true` if it belongs to the object.
    #[must_use]
    pub fn render(&self) -> Vec<bool> {
        let (width, height) = self.size;
        let at = |pixel: u32, length: u32| (f64::from(pixel) + 0.5) / f64::from(length);
        let row = |y: u32| (0..width).map(move |x| self.logit_at(at(x, width), at(y, height)) > 0.0);
        (0..height).into_par_iter().flat_map_iter(row).collect()
    }

    /// Renders the mask in the size of the image as a label.
    ///
    /// # Errors
    /// The size does not fit the memory.
    pub fn to_bitmask(&self) -> Result<Bitmask, RleError> {
        let pixels: Vec<u8> = self.render().into_iter().map(u8::from).collect();
        Bitmask::from_rows(self.size.0.into(), self.size.1.into(), &pixels)
    }

    /// Returns the weighted sum of the logits at a point of the image, in relative coordinates. Points outside a view are
    /// not on the object.
    fn logit_at(&self, x: f64, y: f64) -> f32 {
        let logits = self.views.iter().map(|(view, mask)| view.logit_at(mask, x, y).map(|logit| logit * view.weight()));
        logits.sum::<Option<f32>>().unwrap_or(f32::NEG_INFINITY)
    }
}

impl fmt::Debug for DetailedMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (quality, views) = (self.quality(), self.views.len());
        f.debug_struct("DetailedMask").field("quality", &quality).field("views", &views).finish_non_exhaustive()
    }
}

/// Selects one mask per view. Without ambiguity these are the first ones. Else, each mask of the first view is matched
/// with those of the other views that overlap it most; the masks with the best predicted quality are selected.
fn matching(seen: Vec<(View, Vec<Mask>)>, ambiguous: bool) -> Vec<(View, Mask)> {
    let first = |(view, masks): (View, Vec<Mask>)| masks.into_iter().next().map(|mask| (view, mask));
    if !ambiguous {
        return seen.into_iter().filter_map(first).collect();
    }
    let Some(((view, masks), others)) = seen.split_first() else { return Vec::new() };
    let matched = |mask: &Mask| {
        let similar = |(other_view, others): &(View, Vec<Mask>)| {
            let overlaps = others.iter().map(|other| (View::overlap((view, mask), (other_view, other)), other));
            let (_, other) = overlaps.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
            Some((*other_view, other.clone()))
        };
        let others = others.iter().filter_map(similar);
        std::iter::once((*view, mask.clone())).chain(others).collect::<Vec<(View, Mask)>>()
    };
    let quality = |masks: &Vec<(View, Mask)>| masks.iter().map(|(_, mask)| mask.quality()).sum::<f32>();
    let matched = masks.iter().map(matched);
    matched.max_by(|one, other| quality(one).total_cmp(&quality(other))).unwrap_or_default()
}
