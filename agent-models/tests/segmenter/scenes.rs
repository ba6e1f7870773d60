//! Scenes with several objects of one kind, composed of the photographs of the sample project.

use agent_platform::labels::BoundingBox;
use agent_platform::media::RgbImage;

use crate::sample::{Truth, objects, photograph};

/// Width and height of a scene, in pixels.
const SIZE: (u32, u32) = (640, 480);
/// Columns and rows of objects.
const GRID: (u32, u32) = (5, 4);

/// Cups among coins and helmets, before galaxies.
pub(crate) const CUPS: Composition = Composition {
    background: ("galaxies.jpg", [1.6, 1.3, 1.0]),
    wanted: ("cup", 80.0),
    others: &[("Coin", 70.0), ("helmet", 85.0)],
};
/// Shuttles among rockets and cameras, before a cat.
pub(crate) const SHUTTLES: Composition = Composition {
    background: ("cat.jpg", [0.7, 1.0, 1.2]),
    wanted: ("shuttle", 100.0),
    others: &[("rocket", 110.0), ("camera", 70.0)],
};

/// Helmets among cups and coins, before gravel.
pub(crate) const HELMETS: Composition = Composition {
    background: ("gravel.jpg", [0.8, 0.9, 1.1]),
    wanted: ("helmet", 85.0),
    others: &[("cup", 80.0), ("Coin", 70.0)],
};
/// Cameras among shuttles and helmets, before an espresso.
pub(crate) const CAMERAS: Composition = Composition {
    background: ("espresso.jpg", [0.9, 1.0, 1.0]),
    wanted: ("camera", 80.0),
    others: &[("shuttle", 100.0), ("helmet", 80.0)],
};
/// Spoons in two parts among rockets and coins, before a cat.
pub(crate) const SPOONS: Composition = Composition {
    background: ("cat.jpg", [1.0, 0.9, 0.8]),
    wanted: ("spoon", 105.0),
    others: &[("rocket", 105.0), ("Coin", 70.0)],
};
/// Photographers, a part of whom is as dark as the sky, among astronauts and cameras.
pub(crate) const PHOTOGRAPHERS: Composition = Composition {
    background: ("galaxies.jpg", [1.2, 1.2, 1.6]),
    wanted: ("photographer", 105.0),
    others: &[("astronaut", 105.0), ("camera", 70.0)],
};
/// Rockets, 9 pixels wide, among shuttles and spoons.
pub(crate) const ROCKETS: Composition = Composition {
    background: ("galaxies.jpg", [1.0, 1.4, 1.5]),
    wanted: ("rocket", 115.0),
    others: &[("shuttle", 100.0), ("spoon", 100.0)],
};
/// The seed of the composed scenes on which the thresholds were chosen.
pub(crate) const CHOSEN: u32 = 7;

/// An image, and the objects in it that a search should find.
pub(crate) struct Scene {
    pub(crate) image: RgbImage,
    pub(crate) wanted: Vec<Truth>,
}

/// The contents of a composed scene.
pub(crate) struct Composition {
    /// Photograph of the background, and the factor of each of its colours.
    pub(crate) background: (&'static str, [f64; 3]),
    /// Name of the wanted object, and the longer side of it, in pixels.
    pub(crate) wanted: (&'static str, f64),
    /// Names and longer sides of other objects. Every second place has one of them.
    pub(crate) others: &'static [(&'static str, f64)],
}

impl Scene {
    /// Reads a photograph with coins.
    pub(crate) fn coins(file_name: &str) -> Self {
        let wanted = objects("coins.json").into_iter().filter(|coin| coin.file_name == file_name).collect();
        Self { image: photograph(file_name), wanted }
    }

    /// Composes a scene: objects at the places of a grid, rotated and scaled differently. Another seed gives another scene.
    pub(crate) fn compose(composition: &Composition, seed: u32) -> Self {
        let mut random = Random(seed);
        let mut image = background(composition.background);
        let mut wanted = Vec::new();
        let cutouts: Vec<Cutout> =
            std::iter::once(&composition.wanted).chain(composition.others).map(Cutout::new).collect();
        for place in 0..GRID.0 * GRID.1 {
            let (column, row) = (place % GRID.0, place / GRID.0);
            let other = (column + row) % 2 == 1;
            let cutout = &cutouts[if other { 1 + place as usize / 2 % composition.others.len() } else { 0 }];
            let centre = |at: u32, count: u32, length: u32, random: &mut Random| {
                (f64::from(at) + 0.5) * f64::from(length) / f64::from(count) + random.between(-9.0, 9.0)
            };
            let pose = Pose {
                x: centre(column, GRID.0, SIZE.0, &mut random),
                y: centre(row, GRID.1, SIZE.1, &mut random),
                angle: random.between(0.0, std::f64::consts::TAU),
                scale: random.between(0.8, 1.2),
                light: random.between(0.85, 1.15),
            };
            let inside = cutout.paste(&mut image, &pose);
            if !other {
                wanted.push(truth(composition.wanted.0, inside));
            }
        }
        Self { image, wanted }
    }
}

/// Position, rotation in radians, scale and brightness of an object.
struct Pose {
    x: f64,
    y: f64,
    angle: f64,
    scale: f64,
    light: f64,
}

/// An object that was cut from its photograph.
struct Cutout {
    image: RgbImage,
    truth: Truth,
    /// Pixels of the scene per pixel of the photograph.
    scale: f64,
}

impl Cutout {
    fn new((name, side): &(&'static str, f64)) -> Self {
        let file = if *name == "Coin" { "coins.json" } else { "outlines.json" };
        let truth = objects(file).into_iter().find(|truth| truth.name == *name).unwrap();
        let longer = (truth.around.width * f64::from(truth.width)).max(truth.around.height * f64::from(truth.height));
        Self { image: photograph(&truth.file_name), scale: side / longer, truth }
    }

    /// Draws the object, and returns its pixels.
    fn paste(&self, scene: &mut RgbImage, pose: &Pose) -> Vec<bool> {
        let truth = &self.truth;
        let (width, height) = (f64::from(truth.width), f64::from(truth.height));
        let middle = |from: f64, length: f64, side: f64| (from + length / 2.0) * side;
        let x = middle(truth.around.x, truth.around.width, width);
        let y = middle(truth.around.y, truth.around.height, height);
        let (sin, cos) = pose.angle.sin_cos();
        let scale = self.scale * pose.scale;
        let mut inside = vec![false; (SIZE.0 * SIZE.1) as usize];
        for ((across, down, pixel), inside) in scene.enumerate_pixels_mut().zip(&mut inside) {
            let (dx, dy) = ((f64::from(across) - pose.x) / scale, (f64::from(down) - pose.y) / scale);
            let (x, y) = (x + dx * cos + dy * sin, y + dy * cos - dx * sin);
            if x < 0.0 || y < 0.0 || x >= width || y >= height {
                continue;
            }
            let (x, y) = (whole(x), whole(y));
            if truth.inside[(y * truth.width + x) as usize] {
                *inside = true;
                pixel.0 = self.image.get_pixel(x, y).0.map(|value| byte(f64::from(value) * pose.light));
            }
        }
        inside
    }
}

/// Scales the photograph of the background to the size of the scene, and changes its colours.
fn background((name, colours): (&str, [f64; 3])) -> RgbImage {
    let photograph = photograph(name);
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let source = photograph.get_pixel(x * photograph.width() / SIZE.0, y * photograph.height() / SIZE.1);
        let mut pixel = *source;
        pixel.0.iter_mut().zip(colours).for_each(|(value, factor)| *value = byte(f64::from(*value) * factor));
        pixel
    })
}

/// Returns the object with these pixels.
fn truth(name: &str, inside: Vec<bool>) -> Truth {
    let places = || (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y))).zip(&inside);
    let range = |axis: fn((u32, u32)) -> u32, length: u32| {
        let at = || places().filter(|(_, inside)| **inside).map(|(at, _)| axis(at));
        let (first, last) = (at().min().unwrap(), at().max().unwrap() + 1);
        (f64::from(first) / f64::from(length), f64::from(last - first) / f64::from(length))
    };
    let ((x, width), (y, height)) = (range(|at| at.0, SIZE.0), range(|at| at.1, SIZE.1));
    let around = BoundingBox { x, y, width, height };
    Truth { file_name: String::new(), name: name.to_owned(), around, width: SIZE.0, height: SIZE.1, inside }
}

/// A linear congruential generator, so that the scenes are always the same.
struct Random(u32);

impl Random {
    fn between(&mut self, least: f64, most: f64) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        least + f64::from(self.0 >> 8) / f64::from(1 << 24) * (most - least)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a coordinate of a pixel")]
fn whole(number: f64) -> u32 {
    number as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn byte(number: f64) -> u8 {
    number as u8
}
