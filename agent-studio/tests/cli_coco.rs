//! `agent-studio import coco`.

use crate::cli::{Ran, Scratch, program, run};
use agent_platform::client::LabelRowFilter;
use agent_platform::labels::{Bitmask, BoundingBox, LabelRow, Polygon, Skeleton, Visibility};
use agent_studio::{LocalPlatform, RunningPlatform};
use serde_json::{Value, json};
use test_support::studio::folder::image;

fn annotations() -> Value {
    // Four columns of three rows, column by column: the second column and half of the third.
    let mask = Bitmask::from_columns(4, 3, &[0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0]).unwrap();
    json!({
        "info": {"description": "Streets"},
        "licenses": [{"id": 1}],
        "images": [
            {"id": 7, "file_name": "a.bmp", "width": 64, "height": 48, "license": 1},
            {"id": 8, "file_name": "sub/a.bmp", "width": 4, "height": 3},
        ],
        "categories": [
            {"id": 1, "name": "car", "supercategory": "vehicle"},
            {"id": 2, "name": "person", "supercategory": "person", "keypoints": ["Left hand", "head"], "skeleton": [[1, 2]]},
            {"id": 3, "name": "never"},
        ],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 1, "bbox": [16, 12, 32, 24], "area": 768, "iscrowd": 0,
             "attributes": {"colour": "red", "occluded": true, "speed": 3}},
            {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 8, 8], "iscrowd": 0,
             "attributes": {"colour": "blue", "speed": 4.5}},
            {"id": 3, "image_id": 7, "category_id": 2, "bbox": [0, 0, 32, 48], "iscrowd": 0,
             "segmentation": [[0, 0, 32, 0, 32, 48], [48, 0, 64, 0, 64, 48]],
             "keypoints": [16, 12, 2, 32, 24, 1], "num_keypoints": 2, "score": 0.5},
            {"id": 4, "image_id": 8, "category_id": 2, "iscrowd": 1, "bbox": [1, 0, 2, 3],
             "segmentation": {"size": [3, 4], "counts": [3, 4, 5]}},
            {"id": 5, "image_id": 8, "category_id": 2, "iscrowd": 1, "bbox": [1, 0, 2, 3],
             "segmentation": {"size": [3, 4], "counts": mask.to_coco_rle().unwrap()}},
        ],
    })
}

async fn import(scratch: &Scratch, document: &Value) -> Ran {
    let file = scratch.write("instances.json", document.to_string());
    scratch.write("images/a.bmp", image(64, 48));
    scratch.write("images/sub/a.bmp", image(4, 3));
    let mut command = program();
    command.args(["import", "coco"]).arg(file).arg(scratch.path("images")).arg(scratch.path("project"));
    run(command).await
}

/// Returns the rows of the images, by title.
async fn rows(running: &RunningPlatform) -> Vec<(String, LabelRow)> {
    let client = running.client().unwrap();
    let listing = client.list_label_rows(running.project_hashes()[0], &LabelRowFilter::default()).await.unwrap();
    let rows = listing.into_iter().map(|entry| {
        let row = running.label_row(entry.label_hash.as_ref().unwrap().as_str()).unwrap();
        let ontology = running.ontology(&entry.data_hash).unwrap();
        (entry.data_title.unwrap(), LabelRow::parse(row, ontology).unwrap())
    });
    rows.collect()
}

#[tokio::test]
async fn imports_every_kind_of_annotation() {
    let scratch = Scratch::new();
    let ran = import(&scratch, &annotations()).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for reported in ["`licenses`", "`images[].license`", "`annotations[].score`"] {
        assert!(ran.err.contains(reported), "{reported} is not in {}", ran.err);
    }
    assert!(!ran.err.contains("area") && !ran.err.contains("num_keypoints"), "{}", ran.err);
    let running = LocalPlatform::builder().folder(scratch.path("project")).start().await.unwrap();
    let rows = rows(&running).await;
    let [(first, large), (second, small)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((first.as_str(), second.as_str()), ("a.bmp", "sub_a.bmp"));

    let cars: Vec<_> = large.frame(0).objects_of_class("car").collect();
    let shape = cars[0].coordinates::<BoundingBox>().unwrap();
    assert_eq!((shape.x, shape.y, shape.width, shape.height), (0.25, 0.25, 0.5, 0.5));
    let answer = |index: usize, name: &str| {
        let object = large.object(cars[index].hash()).unwrap();
        object.answer(name).map(|answer| format!("{answer:?}"))
    };
    assert!(answer(0, "colour").unwrap().contains("red") && answer(1, "colour").unwrap().contains("blue"));
    assert!(answer(0, "occluded").unwrap().contains("true") && answer(1, "occluded").is_none());
    assert!(answer(0, "speed").unwrap().contains('3') && answer(1, "speed").unwrap().contains("4.5"));
    assert!(answer(0, "supercategory").unwrap().contains("vehicle"));

    let person: Vec<_> = large.frame(0).objects_of_class("person (polygon)").collect();
    let outline = person[0].coordinates::<Polygon>().unwrap();
    assert_eq!((outline.polygons.len(), outline.polygons[0].len(), outline.vertex_count()), (2, 1, 6));
    assert_eq!((outline.outline()[1].x, outline.outline()[1].y), (0.5, 0.0));
    let person: Vec<_> = large.frame(0).objects_of_class("person (skeleton)").collect();
    let skeleton = person[0].coordinates::<Skeleton>().unwrap();
    let head = skeleton.vertex("head").unwrap();
    assert_eq!((head.x, head.y, head.visibility.clone()), (0.5, 0.5, Some(Visibility::Occluded)));

    let masks: Vec<_> = small.frame(0).objects_of_class("person (bitmask)").collect();
    let expected = [0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0];
    for mask in &masks {
        assert_eq!(mask.coordinates::<Bitmask>().unwrap().to_rows().unwrap(), expected);
        let crowd = small.object(mask.hash()).unwrap().answer("iscrowd").unwrap();
        assert!(format!("{crowd:?}").contains("true"));
    }
    assert_eq!(masks.len(), 2);
    // The template is linked to its class, with the edge.
    let ontology = running.ontology(&large.data_hash()).unwrap();
    let class = ontology.object("person (skeleton)").unwrap();
    let template = ontology.skeleton_template(class).unwrap();
    assert_eq!((template.vertices().len(), template.edges().len()), (2, 1));
    assert!(ontology.object("never").is_some());
}

#[tokio::test]
async fn rotated_photograph_has_its_displayed_size() {
    let scratch = Scratch::new();
    // 300 pixels wide and 451 high in the file, with an EXIF orientation that rotates it.
    scratch.write("images/cat.jpg", include_bytes!("../sample/data/cat.jpg"));
    let document = json!({
        "images": [{"id": 1, "file_name": "cat.jpg", "width": 451, "height": 300}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [225.5, 75, 225.5, 150]}],
    });
    let ran = import(&scratch, &document).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let running = LocalPlatform::builder().folder(scratch.path("project")).start().await.unwrap();
    let rows = rows(&running).await;
    let shape: BoundingBox = rows[0].1.frame(0).objects().next().unwrap().coordinates().unwrap();
    assert_eq!((shape.x, shape.y, shape.width, shape.height), (0.5, 0.25, 0.5, 0.5));
}

#[tokio::test]
async fn reports_skipped_items() {
    let scratch = Scratch::new();
    let mut document = annotations();
    let mut add = |list: &str, value: Value| document[list].as_array_mut().unwrap().push(value);
    add("images", json!({"id": 9, "file_name": "gone.bmp"}));
    add("images", json!({"id": 10, "file_name": "../instances.json"}));
    add("images", json!({"id": 11, "file_name": "a.bmp", "width": 1, "height": 1}));
    add("images", json!({"file_name": "a.bmp"}));
    for (id, annotation) in [
        (20, json!({"image_id": 9, "category_id": 1, "bbox": [0, 0, 1, 1]})),
        (21, json!({"image_id": 7, "category_id": 77, "bbox": [0, 0, 1, 1]})),
        (22, json!({"image_id": 7, "category_id": 1, "bbox": [0, 0, 0, 1]})),
        (23, json!({"image_id": 7, "category_id": 2, "segmentation": [[1, 2, 3, 4]]})),
        (24, json!({"image_id": 7, "category_id": 2, "segmentation": {"size": [3, 4], "counts": [12]}})),
        (25, json!({"image_id": 8, "category_id": 2, "segmentation": {"size": [3, 4], "counts": [100]}})),
        (26, json!({"image_id": 7, "category_id": 1})),
        (27, json!({"image_id": 7, "category_id": 2, "keypoints": [1, 2, 2]})),
    ] {
        let mut annotation = annotation;
        annotation["id"] = id.into();
        add("annotations", annotation);
    }
    let ran = import(&scratch, &document).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in [
        "missing images: gone.bmp",
        "images outside the folder: ../instances.json",
        "images whose size differs from the annotations: a.bmp",
        "images that cannot be read: number 5",
        "annotations of missing images: 20",
        "annotations with unknown categories: 21",
        "a box without width or height: 22",
        "fewer than three corners or half a corner: 23",
        "a mask of another size than their image: 24",
        "counts do not fit its size: 25",
        "neither box nor segmentation nor keypoints: 26",
        "another number of keypoints than their category: 27",
    ] {
        assert!(ran.err.contains(part), "`{part}` is not in {}", ran.err);
    }
    let running = LocalPlatform::builder().folder(scratch.path("project")).start().await.unwrap();
    let objects: usize = rows(&running).await.iter().map(|(_, row)| row.frame(0).objects().count()).sum();
    assert_eq!(objects, 6, "what is right is there");
}

#[tokio::test]
async fn reports_invalid_coco_files() {
    let scratch = Scratch::new();
    import(&scratch, &json!([])).await.fails_saying("is not a JSON object");
    import(&scratch, &json!({"images": []})).await.fails_saying("has no array `annotations`");
    assert!(!scratch.path("project").exists());
    scratch.write("project/mine", "");
    import(&scratch, &annotations()).await.fails_saying("is not empty");
}
