//! A project with an object of every shape, and several types of data.

use agent_platform::labels::{
    Bitmask, Circle, Cuboid2d, Cuboid2dDepth, Ellipse, LabelRow, Polygon, RotatableBoundingBox, Skeleton, Vertex,
};
use agent_studio::{DataSource, ImageSource, MediaKind, ProjectSource, RunningPlatform};
use uuid::{Uuid, uuid};

pub const PROJECT: Uuid = uuid!("bbbb1111-0000-4000-8000-000000000001");
pub const IMAGE: &str = "bbbb2222-0000-4000-8000-000000000001";
pub const GROUP: &str = "bbbb2222-0000-4000-8000-000000000002";
pub const VIDEO: &str = "bbbb2222-0000-4000-8000-000000000003";
pub const SOUND: &str = "bbbb2222-0000-4000-8000-000000000004";
pub const TEXT: &str = "bbbb2222-0000-4000-8000-000000000005";
/// An image of half the width and height, with a mask over its left half and a skeleton without its chest.
pub const HALF: &str = "bbbb2222-0000-4000-8000-000000000006";

pub const ONTOLOGY: &str = include_str!("ontology.json");
/// Twelve frames at 10 per second: a white square on grey, at column `n % 4` and row `n / 4` of a 4 x 3 grid.
pub const FRAMES: &[u8] = include_bytes!("frames.webm");
pub const WORDS: &str = "The quick brown fox jumps over the lazy dog, and the dog does not mind.";

/// The size of the image, in pixels.
pub const SIZE: (u64, u64) = (640, 480);

pub fn project() -> ProjectSource {
    let (width, height) = SIZE;
    let image = |n: u8| {
        let mut source = ImageSource::new(format!("{n}.bmp"), 320, 240).bytes(picture(320, 240, 70 * n));
        source.facts.mime = Some("image/bmp".to_owned());
        source
    };
    let mut street = DataSource::image("every-shape.bmp", width, height).data_hash(IMAGE).bytes(picture(640, 480, 0));
    street.facts.mime = Some("image/bmp".to_owned());
    let mut drive = DataSource::video("squares.webm", 160, 96, 12, 10.0).data_hash(VIDEO).bytes(FRAMES);
    drive.facts.mime = Some("video/webm".to_owned());
    let group = DataSource::image_group("walk", vec![image(0), image(1), image(2)]).data_hash(GROUP);
    let mut half = DataSource::image("half-the-size.bmp", 320, 240).data_hash(HALF).bytes(picture(320, 240, 0));
    half.facts.mime = Some("image/bmp".to_owned());
    ProjectSource::new("Streets", ONTOLOGY)
        .project_hash(PROJECT)
        .data(street)
        .data(group)
        .data(drive.stage("Agent 1"))
        .data(sound())
        .data(text())
        .data(half)
}

fn sound() -> DataSource {
    let mut sound = DataSource::new("tone.wav", MediaKind::Audio);
    sound.facts.mime = Some("audio/wav".to_owned());
    sound.facts.duration = Some(2.0);
    sound.data_hash(SOUND).bytes(tone())
}

fn text() -> DataSource {
    let mut text = DataSource::new("fox.txt", MediaKind::PlainText);
    text.facts.mime = Some("text/plain".to_owned());
    text.facts.characters = Some(WORDS.len() as u64);
    text.data_hash(TEXT).bytes(WORDS)
}

/// Returns a picture as an uncompressed bitmap: sky, a road, and a shade that distinguishes pictures.
pub fn picture(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let size = 54 + width * height * 3;
    let mut out = Vec::from(*b"BM");
    for number in [size, 0, 54, 40, width, height] {
        out.extend(number.to_le_bytes());
    }
    // One plane of 24 bits, uncompressed. The remaining fields are optional.
    out.extend([1, 0, 24, 0]);
    out.extend([0; 24]);
    for row in (0..height).rev() {
        for column in 0..width {
            let down = u8::try_from(row * 255 / height).unwrap_or(255);
            let across = u8::try_from(column * 90 / width).unwrap_or(90);
            let road = row > height * 3 / 5 && column.abs_diff(width / 2) < row / 2;
            let color =
                if road { [92, 88, 86] } else { [220 - down / 2, 150 - down / 4 + across / 3, 110 + across / 2] };
            out.extend(color.map(|part: u8| part.wrapping_sub(shade / 3)));
        }
    }
    out
}

/// Returns two seconds of 440 Hz, with 8000 samples of 8 bits per second.
fn tone() -> Vec<u8> {
    let samples: Vec<u8> = (0..16_000_u32).map(|n| if n * 880 / 8000 % 2 == 0 { 148 } else { 108 }).collect();
    let length = u32::try_from(samples.len()).unwrap_or(0);
    let mut out = Vec::from(*b"RIFF");
    out.extend((36 + length).to_le_bytes());
    out.extend(*b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    out.extend([1, 0, 1, 0]);
    out.extend(8000_u32.to_le_bytes());
    out.extend(8000_u32.to_le_bytes());
    out.extend([1, 0, 8, 0]);
    out.extend(*b"data");
    out.extend(length.to_le_bytes());
    out.extend(samples);
    out
}

/// Labels all data, as another user.
pub fn label(running: &RunningPlatform) {
    let by = "annotator@example.test";
    running.edit_as(by, IMAGE, every_shape).unwrap();
    running.edit_as(by, VIDEO, squares).unwrap();
    running.edit_as(by, HALF, half_masked).unwrap();
    running.edit_as(by, SOUND, |row| row.add("Speech").over(400..=1200).map(drop)).unwrap();
    running.edit_as(by, TEXT, |row| row.add("Animal").over([16..=18, 40..=42]).map(drop)).unwrap();
}

/// Returns a circle of many vertices, with noise that simplification removes.
fn blob(x: f64, y: f64, radius: f64, corners: u32) -> Polygon {
    let vertex = |n: u32| {
        let angle = f64::from(n) / f64::from(corners) * std::f64::consts::TAU;
        let radius = radius * if n.is_multiple_of(2) { 1.0 } else { 0.98 };
        let rounded = |value: f64| (value * 1e4).round() / 1e4;
        Vertex { x: rounded(x + radius * angle.cos()), y: rounded(y + 1.3 * radius * angle.sin()) }
    };
    Polygon::new((0..corners).map(vertex))
}

type Outcome = Result<(), agent_platform::labels::EditError>;

fn every_shape(row: &mut LabelRow) -> Outcome {
    let red = ("Colour", "Red");
    row.add("Vehicle").bounding_box(0.06, 0.55, 0.22, 0.2).number(1).answer(red.0, red.1).on(0)?;
    row.add("Vehicle").bounding_box(0.72, 0.62, 0.2, 0.22).number(2).on(0)?;
    row.add("Field").with_hash("FIELD/01").coordinates(blob(0.2, 0.25, 0.11, 60)).number(1).on(0)?;
    let mut field = blob(0.5, 0.28, 0.12, 60);
    field.polygons[0].push(blob(0.5, 0.28, 0.05, 20).polygons[0][0].clone());
    row.add("Field").with_hash("FIELD+02").coordinates(field).number(2).on(0)?;
    let sign = RotatableBoundingBox { x: 0.78, y: 0.1, width: 0.16, height: 0.1, theta: 30.0 };
    row.add("Sign").coordinates(sign).number(1).on(0)?;
    row.add("Lane").polyline([(0.38, 0.98), (0.46, 0.75), (0.49, 0.6), (0.5, 0.5)]).number(1).on(0)?;
    row.add("Tip").point(0.35, 0.6).number(1).on(0)?;
    row.add("Tip").point(0.4, 0.52).number(2).on(0)?;
    let template = row.ontology().clone();
    let class = template.object("Walker").unwrap();
    let mut walker = Skeleton::from_template(template.skeleton_template(class).unwrap());
    for vertex in &mut walker.vertices {
        (vertex.x, vertex.y) = (0.57 + vertex.x * 0.1, 0.52 + vertex.y * 0.3);
    }
    walker.vertices[4].visibility = Some(agent_platform::labels::Visibility::from("occluded"));
    row.add("Walker").coordinates(walker).number(1).on(0)?;
    let puddle = |x: u64, y: u64| (x.abs_diff(440)).pow(2) + (2 * y.abs_diff(410)).pow(2) < 52 * 52;
    let pixels: Vec<u8> = (0..480).flat_map(|y| (0..640).map(move |x| u8::from(puddle(x, y)))).collect();
    row.add("Water").coordinates(Bitmask::from_rows(640, 480, &pixels).unwrap()).number(1).on(0)?;
    row.add("Wheel").coordinates(Ellipse { x: 0.12, y: 0.82, rx: 0.05, ry: 0.07, theta: 20.0 }).number(1).on(0)?;
    let sun = Circle { x: 0.66, y: 0.12, radius: 0.05, stretch: 1.0, theta: 0.0 };
    row.add("Sun").coordinates(sun).number(1).on(0)?;
    let front = [(0.3, 0.75), (0.38, 0.75), (0.38, 0.9), (0.3, 0.9)].map(|(x, y)| Vertex { x, y }).to_vec();
    let depth = Cuboid2dDepth::Isometric { offset: Vertex { x: 0.03, y: -0.05 } };
    row.add("Crate").coordinates(Cuboid2d { front, depth }).number(1).on(0)?;
    row.classify("Weather", "Sunny").on(0)?;
    Ok(())
}

/// Adds a mask over the left half, and a skeleton without its chest.
fn half_masked(row: &mut LabelRow) -> Outcome {
    let pixels: Vec<u8> = (0..240).flat_map(|_| (0..320).map(|x| u8::from(x < 160))).collect();
    row.add("Water").coordinates(Bitmask::from_rows(320, 240, &pixels).unwrap()).number(1).on(0)?;
    let template = row.ontology().clone();
    let class = template.object("Walker").unwrap();
    let mut walker = Skeleton::from_template(template.skeleton_template(class).unwrap());
    walker.vertices.remove(1);
    for vertex in &mut walker.vertices {
        (vertex.x, vertex.y) = (0.6 + vertex.x * 0.2, 0.3 + vertex.y * 0.4);
    }
    row.add("Walker").with_hash("WALKER02").coordinates(walker).number(1).on(0)?;
    Ok(())
}

/// Adds a vehicle that follows the square of the video, and one that is on some frames.
fn squares(row: &mut LabelRow) -> Outcome {
    let place = |n: u32| (f64::from(n % 4) / 4.0, f64::from(n / 4) / 3.0);
    let shape = |n: u32| {
        let (x, y) = place(n);
        agent_platform::labels::BoundingBox { x, y, width: 0.25, height: 0.3333 }
    };
    let hash = row.add("Vehicle").with_hash("SQUARE01").coordinates(shape(0)).number(1).on(0)?.hash().to_owned();
    for n in 1_u32..12 {
        row.edit(&hash)?.put(u64::from(n), shape(n))?;
    }
    row.edit(&hash)?.answer_on("Moving", "Yes", 2..=9)?;
    row.add("Vehicle").bounding_box(0.4, 0.4, 0.3, 0.3).number(2).on_each(3..=6)?;
    row.classify("Weather", "Rainy").on(0..=5)?;
    Ok(())
}
