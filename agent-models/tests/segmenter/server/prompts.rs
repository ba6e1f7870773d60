//! The selected objects as prompts.

use agent_models::sam::{NegativeClasses, Polarity, SelectedPrompts};
use agent_platform::labels::{Bitmask, LabelRow, Point, Polygon, Vertex};
use agent_runtime::prelude::*;

use super::world::{Agents, Data, World, model};

/// Describes the prompts: one line per object, with the class of its source.
#[editor_agent]
async fn describe(selected: SelectedPrompts) -> String {
    let describe = |object: &agent_models::sam::SelectedPrompt| {
        let sign = |polarity: &Polarity| if *polarity == Polarity::Positive { '+' } else { '-' };
        let prompts = &object.prompts;
        let points = prompts.points().iter().map(|(point, polarity)| format!(" {}{:.1}", sign(polarity), point.x));
        let shape = prompts.bounding_box().map_or(String::new(), |shape| format!(" box {:.1}", shape.x));
        let mask = if prompts.mask().is_some() { " mask" } else { "" };
        let refined = if object.refined().is_some() { " refined" } else { "" };
        format!("{}:{shape}{mask}{}{refined}", object.source.class(), points.collect::<String>())
    };
    selected.iter().map(describe).collect::<Vec<_>>().join("; ")
}

async fn serve(world: &World, configure: impl FnOnce(Server) -> Server) -> Agents {
    world.serve(agents![describe], configure).await
}

/// Adds points of a class, all at the height 0.5.
fn points<const N: usize>(row: &mut LabelRow, class: &str, places: [f64; N]) -> Vec<String> {
    places.map(|x| row.add(class).point(x, 0.5).on(0).unwrap().hash().to_string()).into()
}

fn boxes<const N: usize>(row: &mut LabelRow, places: [f64; N]) -> Vec<String> {
    let add = |x: f64| row.add("Item").bounding_box(x, 0.3, 0.2, 0.4).beyond_media().on(0).unwrap().hash().to_string();
    places.map(add).into()
}

#[tokio::test]
async fn groups_points_with_the_box_they_lie_in() {
    let world = World::start().await;
    let agents = serve(&world, |server| server).await;
    let payload = world.labelled(Data::Rocket, |row| {
        let mut selected = points(row, "Mark", [0.2, 0.5, 0.75]);
        selected.extend(points(row, "Background mark", [0.25, 0.95]));
        selected.extend(boxes(row, [0.1, 0.7]));
        Ok(selected)
    });
    let expected = "Item: box 0.1 +0.2 -0.2; Item: box 0.7 +0.8; Mark: +0.5 -0.9";
    assert_eq!(agents.answer("/describe", &payload).await, (200, expected.to_owned()));
}

#[tokio::test]
async fn free_points_prompt_one_object() {
    let world = World::start().await;
    let agents = serve(&world, |server| server).await;
    let payload = world.labelled(Data::Rocket, |row| {
        let mut selected = points(row, "Background mark", [0.9]);
        selected.extend(points(row, "Mark", [0.1, 0.4]));
        Ok(selected)
    });
    // A positive point stands for the object.
    assert_eq!(agents.answer("/describe", &payload).await, (200, "Mark: -0.9 +0.1 +0.4".to_owned()));
}

#[tokio::test]
async fn negative_classes_replace_the_default() {
    let world = World::start().await;
    let payload = world.labelled(Data::Cat, |row| {
        let mut selected = points(row, "Mark", [0.1]);
        selected.extend(points(row, "Elsewhere", [0.2]));
        selected.extend(points(row, "Background mark", [0.3]));
        Ok(selected)
    });
    let agents = serve(&world, |server| server).await;
    assert_eq!(agents.answer("/describe", &payload).await, (200, "Mark: +0.1 +0.2 -0.3".to_owned()));
    let agents = serve(&world, |server| server.state(NegativeClasses::new(["Elsewhere"]))).await;
    assert_eq!(agents.answer("/describe", &payload).await, (200, "Mark: +0.1 -0.2 +0.3".to_owned()));
}

#[tokio::test]
async fn polygons_and_masks_are_refined() {
    let world = World::start().await;
    let agents = serve(&world, |server| server).await;
    let payload = world.labelled(Data::Rocket, |row| {
        let corners = [(0.1, 0.1), (0.5, 0.1), (0.1, 0.5)].map(|(x, y)| Vertex { x, y });
        let outline = row.add("Outline").coordinates(Polygon::new(corners)).on(0)?.hash().to_string();
        let mut pixels = vec![0; 640 * 427];
        for row in 200..220 {
            pixels[row * 640 + 448..row * 640 + 600].fill(1);
        }
        let mask = Bitmask::from_rows(640, 427, &pixels).unwrap();
        let region = row.add("Region").coordinates(mask).on(0)?.hash().to_string();
        Ok(vec![outline, region])
    });
    let expected = "Outline: box 0.1 mask refined; Region: box 0.7 mask refined";
    assert_eq!(agents.answer("/describe", &payload).await, (200, expected.to_owned()));
}

#[tokio::test]
async fn names_unusable_selections() {
    let world = World::start().await;
    let agents = serve(&world, |server| server).await;
    let negative = world.labelled(Data::Cat, |row| Ok(points(row, "Background mark", [0.3])));
    let expected = "A negative point needs an object: select a box, a mask or a point on it, too.";
    assert_eq!(agents.answer("/describe", &negative).await, (400, expected.to_owned()));
    let line = world.labelled(Data::Cat, |row| {
        Ok(vec![row.add("Path").polyline([(0.1, 0.1), (0.2, 0.2)]).on(0)?.hash().to_string()])
    });
    let expected = "Select boxes, points, polygons or masks: a Path is none of them.";
    assert_eq!(agents.answer("/describe", &line).await, (400, expected.to_owned()));
    let outside = world.labelled(Data::Cat, |row| {
        let corners = [(1.1, 0.1), (1.5, 0.1), (1.1, 0.5)].map(|(x, y)| Vertex { x, y });
        Ok(vec![row.add("Outline").coordinates(Polygon::new(corners)).beyond_media().on(0)?.hash().to_string()])
    });
    let expected = "A selected object is outside the image.";
    assert_eq!(agents.answer("/describe", &outside).await, (400, expected.to_owned()));
    let thin = world.labelled(Data::Rocket, |row| {
        let mut pixels = vec![0; 640 * 427];
        pixels[200 * 640 + 448..200 * 640 + 600].fill(1);
        let mask = Bitmask::from_rows(640, 427, &pixels).unwrap();
        Ok(vec![row.add("Region").coordinates(mask).on(0)?.hash().to_string()])
    });
    let expected = "A selected object is too thin for the model. Draw a box around it.";
    assert_eq!(agents.answer("/describe", &thin).await, (400, expected.to_owned()));
}

#[tokio::test]
async fn refuses_prompts_outside_the_image_and_too_many() {
    let (world, model) = (World::start().await, model(1));
    let agents = world.serve_model(&model).await;
    let outside = world.labelled(Data::Rocket, |row| Ok(boxes(row, [1.5])));
    assert_eq!(agents.answer("/segment", &outside).await, (400, "A prompt is outside the image.".to_owned()));
    let point = world.labelled(Data::Rocket, |row| {
        Ok(vec![row.add("Mark").point(1.5, 0.5).beyond_media().on(0)?.hash().to_string()])
    });
    assert_eq!(agents.answer("/segment", &point).await, (400, "A prompt is outside the image.".to_owned()));
    let many: [f64; 500] = std::array::from_fn(|at| f64::from(u32::try_from(at).unwrap()) / 500.0);
    let marks = world.labelled(Data::Rocket, |row| Ok(points(row, "Mark", many)));
    let expected = "An object has 500 points; at most 64 are supported.";
    assert_eq!(agents.answer("/segment", &marks).await, (400, expected.to_owned()));
    // 500 masks would take 130 MB for each of the four that the model predicts.
    let objects = world.labelled(Data::Rocket, |row| Ok(boxes(row, many)));
    let expected = "Select up to 100 objects at once, not 500.";
    assert_eq!(agents.answer("/segment", &objects).await, (400, expected.to_owned()));
}

#[tokio::test]
async fn point_on_the_object_segments_it() {
    let (world, model) = (World::start().await, model(1));
    let agents = world.serve_model(&model).await;
    let at = Point::new(0.45, 0.5);
    let payload =
        world.labelled(Data::Astronaut, |row| Ok(vec![row.add("Mark").point(at.x, at.y).on(0)?.hash().to_string()]));
    let (status, area) = agents.answer("/segment", &payload).await;
    let area: u32 = area.parse().unwrap_or_else(|_| panic!("{status}: {area}"));
    assert!((10..9_000).contains(&area), "{area} of 10,000");
}
