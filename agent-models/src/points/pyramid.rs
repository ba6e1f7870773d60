//! Grey images in descending resolution.

use std::fmt;

use agent_platform::media::RgbImage;

/// Maximum number of levels.
const MAX_LEVELS: usize = 4;
/// Minimum side of a level, in pixels.
const MIN_SIDE: usize = 24;

/// A grey image at several resolutions. Each level has half the size of the one before.
#[derive(Clone)]
pub(super) struct Pyramid {
    pub(super) levels: Vec<Level>,
}

/// A grey image. Values range from 0 to 255.
#[derive(Clone)]
pub(super) struct Level {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Pyramid {
    /// Converts an image.
    pub(super) fn new(image: &RgbImage) -> Self {
        let [width, height] = [image.width(), image.height()].map(|side| side as usize);
        let grey =
            |[red, green, blue]: [u8; 3]| 0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue);
        let mut level = Level { width, height, values: image.pixels().map(|pixel| grey(pixel.0)).collect() };
        let mut levels = Vec::new();
        while levels.len() + 1 < MAX_LEVELS && level.width.min(level.height) >= 2 * MIN_SIDE {
            let half = level.halved();
            levels.push(std::mem::replace(&mut level, half));
        }
        levels.push(level);
        Self { levels }
    }
}

impl Level {
    /// Returns whether a point is on the image.
    pub(super) fn contains(&self, [x, y]: [f32; 2]) -> bool {
        (0.0..=real(self.width)).contains(&x) && (0.0..=real(self.height)).contains(&y)
    }

    /// Returns the value at a point, with bilinear interpolation. The centre of the first pixel is at 0.5. Points outside
    /// have the value of the nearest pixel.
    pub(super) fn value(&self, [x, y]: [f32; 2]) -> f32 {
        let place = |at: f32, length: usize| {
            let at = (at - 0.5).clamp(0.0, real(length - 1));
            (index(at), (index(at) + 1).min(length - 1), at.fract())
        };
        let ((left, right, across), (above, below, down)) = (place(x, self.width), place(y, self.height));
        let row = |y: usize| {
            let row = &self.values[y * self.width..][..self.width];
            row[left] * (1.0 - across) + row[right] * across
        };
        row(above) * (1.0 - down) + row(below) * down
    }

    /// Returns the image at half the size.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mean = |x: usize, y: usize| {
            let pair = |y: usize| self.values[y * self.width + 2 * x] + self.values[y * self.width + 2 * x + 1];
            (pair(2 * y) + pair(2 * y + 1)) / 4.0
        };
        let values = (0..height).flat_map(|y| (0..width).map(move |x| mean(x, y))).collect();
        Self { width, height, values }
    }
}

impl fmt::Debug for Pyramid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pyramid").field("levels", &self.levels.len()).finish_non_exhaustive()
    }
}

#[expect(clippy::cast_precision_loss, reason = "sides of images")]
fn real(count: usize) -> f32 {
    count as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn index(number: f32) -> usize {
    number as usize
}
