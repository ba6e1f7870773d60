//! The edits that `tests/python/edits.py` wrote down, made with this crate.

use agent_platform::labels::{
    AnswerInput, AnyCoordinates, Bitmask, BoundingBox, Circle, Cuboid, Cuboid2d, Cuboid2dDepth, EditError, Ellipse,
    HtmlPosition, HtmlRange, LabelRow, ObjectEdit, Point, Polygon, Polyline, Ranges, RotatableBoundingBox,
    Segmentation, Skeleton, Vertex,
};
use serde_json::Value;

fn text<'v>(step: &'v Value, key: &str) -> &'v str {
    step[key].as_str().unwrap_or_else(|| panic!("{key} in {step}"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn ranges(value: &Value) -> Ranges {
    value.as_array().unwrap().iter().map(|pair| pair[0].as_u64().unwrap()..=pair[1].as_u64().unwrap()).collect()
}

fn answer(value: &Value) -> AnswerInput {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Array(options) => {
            options.iter().map(|option| option.as_str().unwrap().to_owned()).collect::<Vec<_>>().into()
        }
        number => number.as_i64().map_or_else(|| number.as_f64().unwrap().into(), AnswerInput::from),
    }
}

fn html(value: &Value) -> Vec<HtmlRange> {
    let position = |xpath: &Value, offset: &Value| HtmlPosition {
        xpath: xpath.as_str().unwrap().to_owned(),
        offset: offset.as_u64().unwrap(),
    };
    let range =
        |range: &Value| HtmlRange { start: position(&range[0], &range[1]), end: position(&range[2], &range[3]) };
    value.as_array().unwrap().iter().map(range).collect()
}

fn edit<'r>(row: &'r mut LabelRow, step: &Value) -> Result<ObjectEdit<'r>, EditError> {
    let edit = row.edit(text(step, "hash"))?;
    match step["space"].as_str() {
        Some(space) => edit.in_space(space),
        None => Ok(edit),
    }
}

pub(crate) fn make(row: &mut LabelRow, step: &Value) -> Result<(), EditError> {
    let frame = || step["frame"].as_u64().unwrap();
    match text(step, "do") {
        "add" | "during" | "over" | "over_html" => add(row, step)?,
        "put" => {
            edit(row, step)?.put(frame(), coordinates(None, step))?;
        }
        "set" => {
            edit(row, step)?.at(frame())?.set(coordinates(None, step))?;
        }
        "vertex" => {
            let (name, x) = (text(step, "name"), step["x"].as_f64().unwrap());
            edit(row, step)?.at(frame())?.change::<Skeleton>(|skeleton| skeleton.vertex_mut(name).unwrap().x = x)?;
        }
        "remove_from" => edit(row, step)?.remove_from(ranges(&step["frames"]))?,
        "remove_from_space" => row.edit(text(step, "hash"))?.remove_from_space(text(step, "space"))?,
        "delete" => row.delete(text(step, "hash"))?,
        "answer" => {
            edit(row, step)?.answer(text(step, "attribute"), answer(&step["answer"]))?;
        }
        "answer_on" => {
            let frames = ranges(&step["frames"]);
            edit(row, step)?.answer_on(text(step, "attribute"), answer(&step["answer"]), frames)?;
        }
        "clear" => {
            edit(row, step)?.clear_answer(text(step, "attribute"))?;
        }
        "confidence" => {
            edit(row, step)?.at(frame())?.confidence(step["confidence"].as_f64().unwrap())?;
        }
        "manual" => {
            let edit = edit(row, step)?.at(frame())?;
            if step["manual"].as_bool().unwrap() {
                edit.manual()?
            } else {
                edit.automatic()?
            };
        }
        "number" => {
            edit(row, step)?.number(step["number"].as_u64().unwrap())?;
        }
        "set_ranges" => {
            edit(row, step)?.set_ranges(ranges(&step["ranges"]))?;
        }
        "end_at" => {
            edit(row, step)?.end_at(frame())?;
        }
        _ => classification(row, step)?,
    }
    Ok(())
}

fn add(row: &mut LabelRow, step: &Value) -> Result<(), EditError> {
    let coordinates = step.get("coordinates").map(|_| coordinates(Some(row), step));
    let mut add = row.add(text(step, "class")).with_hash(text(step, "hash"));
    if let Some(space) = step["space"].as_str() {
        add = add.in_space(space);
    }
    if let Some(coordinates) = coordinates {
        add = add.coordinates(coordinates);
    }
    match text(step, "do") {
        "add" => add.on(step["frame"].as_u64().unwrap())?,
        "during" => add.during(step["start"].as_u64().unwrap(), step["end"].as_u64().unwrap())?,
        "over" => add.over(ranges(&step["ranges"]))?,
        _ => add.over_html(html(&step["html"]))?,
    };
    Ok(())
}

fn classification(row: &mut LabelRow, step: &Value) -> Result<(), EditError> {
    let hash = text(step, "hash");
    match text(step, "do") {
        "classify" => {
            let mut new = row.classify(text(step, "class"), answer(&step["answer"])).with_hash(hash);
            if let Some(space) = step["space"].as_str() {
                new = new.in_space(space);
            }
            let frames = ranges(&step["frames"]);
            if frames.is_empty() {
                new.on_all()?
            } else {
                new.on(frames)?
            };
        }
        "answer_classification" => {
            row.edit_classification(hash)?.answer(text(step, "attribute"), answer(&step["answer"]))?;
        }
        "add_to" => {
            row.edit_classification(hash)?.add_to(ranges(&step["frames"]))?;
        }
        "unclassify" => row.edit_classification(hash)?.remove_from(ranges(&step["frames"]))?,
        "delete_classification" => row.delete_classification(hash)?,
        other => panic!("no step {other}"),
    }
    Ok(())
}

/// The row is needed for the template of a new skeleton.
fn coordinates(row: Option<&LabelRow>, step: &Value) -> AnyCoordinates {
    let (shape, value) = step["coordinates"].as_object().unwrap().iter().next().unwrap();
    let vertices = |points: &Value| -> Vec<Vertex> {
        points.as_array().unwrap().iter().map(numbers).map(|point| Vertex { x: point[0], y: point[1] }).collect()
    };
    let three = |value: &Value| -> [f64; 3] { numbers(value).try_into().unwrap() };
    match shape.as_str() {
        "bounding_box" => {
            let [x, y, width, height] = numbers(value).try_into().unwrap();
            BoundingBox { x, y, width, height }.into()
        }
        "rotatable_bounding_box" => {
            let [x, y, width, height, theta] = numbers(value).try_into().unwrap();
            RotatableBoundingBox { x, y, width, height, theta }.into()
        }
        "polygon" => {
            let rings = |polygon: &Value| polygon.as_array().unwrap().iter().map(vertices).collect();
            Polygon { polygons: value.as_array().unwrap().iter().map(rings).collect() }.into()
        }
        "polyline" => Polyline::new(value.as_array().unwrap().iter().map(point)).into(),
        "point" => point(value).into(),
        "skeleton" => skeleton(row.unwrap(), step, &vertices(value)).into(),
        "bitmask" => {
            let pixels: Vec<u8> = numbers(&value[2]).into_iter().map(|pixel| u8::from(pixel > 0.0)).collect();
            Bitmask::from_rows(value[0].as_u64().unwrap(), value[1].as_u64().unwrap(), &pixels).unwrap().into()
        }
        "circle" => {
            let [x, y, radius] = numbers(value).try_into().unwrap();
            Circle::new(x, y, radius).into()
        }
        "ellipse" => {
            let [x, y, rx, ry, theta] = numbers(value).try_into().unwrap();
            Ellipse { x, y, rx, ry, theta }.into()
        }
        "cuboid" => Cuboid { position: three(&value[0]), orientation: three(&value[1]), size: three(&value[2]) }.into(),
        "cuboid_2d" => {
            let vertex = |value: &Value| Vertex { x: value[0].as_f64().unwrap(), y: value[1].as_f64().unwrap() };
            let depth = match value["scale_ratio"].as_f64() {
                Some(scale_ratio) => {
                    Cuboid2dDepth::Perspective { vanishing_point: vertex(&value["vanishing_point"]), scale_ratio }
                }
                None => Cuboid2dDepth::Isometric { offset: vertex(&value["offset"]) },
            };
            Cuboid2d { front: vertices(&value["front"]), depth }.into()
        }
        "segmentation" => Segmentation::new(ranges(value)).into(),
        other => panic!("no shape {other}"),
    }
}

/// A point in the image, or in space.
fn point(value: &Value) -> Point {
    match numbers(value).as_slice() {
        [x, y] => Point::new(*x, *y),
        [x, y, z] => Point::in_space(*x, *y, *z),
        _ => panic!("{value}"),
    }
}

/// A skeleton by its template, with its points moved.
fn skeleton(row: &LabelRow, step: &Value, vertices: &[Vertex]) -> Skeleton {
    let class = row.ontology().object(text(step, "class")).unwrap();
    let mut skeleton = Skeleton::from_template(row.ontology().skeleton_template(class).unwrap());
    for (own, vertex) in skeleton.vertices.iter_mut().zip(vertices) {
        (own.x, own.y) = (vertex.x, vertex.y);
    }
    skeleton
}
