//! Precision and recall of the built-in model.

use agent_runtime::agent_platform::labels::BoundingBox;

use super::{Appearance, Model};
use crate::sample_project::ground_truth::{objects, photograph, right};

/// Returns precision and recall, with every coin as the only prompt, or with every third coin and those seven and
/// fourteen coins after it.
async fn measured(file_name: &str, prompts: usize) -> (f64, f64) {
    let coins = objects("coins.json").into_iter().filter(|coin| coin.file_name == file_name).map(|coin| coin.around);
    let coins: Vec<BoundingBox> = coins.collect();
    let image = photograph(file_name);
    let (mut are_right, mut are_found, mut are_there) = (0, 0, 0);
    for first in (0..coins.len()).step_by(prompts) {
        let chosen: Vec<usize> = (0..prompts).map(|next| (first + 7 * next) % coins.len()).collect();
        let (prompts, others): (Vec<_>, Vec<_>) = (0..coins.len()).partition(|coin| chosen.contains(coin));
        let boxes = |chosen: Vec<usize>| -> Vec<BoundingBox> { chosen.into_iter().map(|coin| coins[coin]).collect() };
        let (prompts, others) = (boxes(prompts), boxes(others));
        let found = Appearance.find(image.clone(), prompts).await.unwrap();
        let found: Vec<BoundingBox> = found.into_iter().map(|found| found.shape).collect();
        are_right += right(&found, &others);
        are_found += found.len();
        are_there += others.len();
    }
    let of =
        |part: usize, whole: usize| f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap());
    (of(are_right, are_found), of(are_right, are_there))
}

#[tokio::test]
async fn precision_and_recall_stay_above_floors() {
    let floors = [
        ("coins.png", 1, 0.98, 0.92),
        ("coins.png", 3, 0.98, 0.98),
        ("gravel.jpg", 1, 0.87, 0.83),
        ("gravel.jpg", 3, 0.77, 0.94),
    ];
    for (file_name, prompts, least_precision, least_recall) in floors {
        let (precision, recall) = measured(file_name, prompts).await;
        println!("{file_name} from {prompts}: precision {precision:.3}, recall {recall:.3}");
        assert!(
            precision >= least_precision && recall >= least_recall,
            "{file_name} {prompts} {precision:.3} {recall:.3}"
        );
    }
}

#[tokio::test]
async fn finds_objects_other_than_coins() {
    // A lamp of the launch pad, 25 pixels wide. The four largest other lamps are the first results.
    let image = photograph("rocket.jpg");
    let pixels = |x: f64, y: f64| BoundingBox { x: x / 640.0, y: y / 427.0, width: 25.0 / 640.0, height: 25.0 / 427.0 };
    let found = Appearance.find(image, vec![pixels(139.0, 365.0)]).await.unwrap();
    let lamps = [(193.0, 396.0), (364.0, 397.0), (434.0, 394.0), (110.0, 416.0), (450.0, 418.0)];
    let lit = |shape: &BoundingBox| {
        let covers = |x: f64, y: f64| {
            (shape.x..shape.x + shape.width).contains(&(x / 640.0))
                && (shape.y..shape.y + shape.height).contains(&(y / 427.0))
        };
        lamps.iter().any(|(x, y)| covers(*x, *y))
    };
    assert!(found.len() <= 10, "{found:?}");
    assert!(found.iter().take(4).all(|found| lit(&found.shape)), "{found:?}");
    // The cat's face has no second instance.
    let cat = photograph("cat.jpg");
    let face = BoundingBox { x: 0.0665, y: 0.0, width: 0.8248, height: 0.9567 };
    assert_eq!(Appearance.find(cat, vec![face]).await.unwrap(), []);
}
