//! The network `ISNet`, which segments the salient object of an image. It therefore gets a crop around the box.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use agent_runtime::media::{RgbImage, resize};
use agent_runtime::prelude::*;
use rten::Model;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::Engine;
use super::region::{Mask, Region};

/// Side of the network's input, in pixels.
const SIDE: u32 = 1024;
/// Margin around the box, relative to its sides. With a smaller margin, objects that fill the image are taken for
/// background.
const AROUND: f64 = 0.4;

/// A network loaded from a file.
pub(crate) struct IsNet {
    model: Model,
    /// Serializes inference, which uses all processors and half a gigabyte.
    running: Mutex<()>,
}

impl IsNet {
    /// Loads an ONNX file with one input of shape 1×3×1024×1024, and the mask as its first output.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let model = Model::load_file(path)
            .or_complain("The network in SEGMENT_MODEL cannot be loaded. Set it to the path of an ONNX file.")?;
        Ok(Self { model, running: Mutex::default() })
    }
}

impl Engine for IsNet {
    fn segment(&self, image: &RgbImage, shape: &BoundingBox) -> Result<Bitmask> {
        let region = Region::around(image, shape, AROUND)?;
        let crop = region.pixels.cut(image);
        let input = resize(&crop, SIDE, SIDE)?.image;
        let side = SIDE as usize;
        let input = NdTensor::from_fn([1, 3, side, side], |[_, part, y, x]| {
            let value = input.as_raw()[(y * side + x) * 3 + part];
            (f32::from(value) - 128.0) / 256.0
        });
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let output = self.model.run_one(input.view().into(), None)?;
        drop(running);
        let output: NdTensor<f32, 4> = output.try_into()?;
        ensure!(
            output.shape() == [1, 1, side, side],
            "The network in SEGMENT_MODEL does not have the output that segment_box requires."
        );
        let inside = output.iter().map(|share| *share >= 0.5).collect();
        let mut mask = Mask { width: SIDE, height: SIDE, inside }.resized(crop.width(), crop.height());
        region.clip(&mut mask);
        region.with(mask)
    }
}
