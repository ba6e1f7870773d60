//! Quality on the photographs of the sample project.

use agent_models::sam::Prompts;

use crate::SEGMENTER;
use crate::sample::{objects, photograph};

#[test]
fn segments_objects_in_their_boxes() {
    let mut overlaps = Vec::new();
    let mut encoded = None;
    for truth in objects() {
        let (_, embedding) = match encoded.take_if(|(name, _)| *name == truth.file_name) {
            Some(encoded) => encoded,
            None => (truth.file_name.clone(), SEGMENTER.encode(&photograph(&truth.file_name)).unwrap()),
        };
        let masks = SEGMENTER.predict(&embedding, &Prompts::from_box(truth.around)).unwrap();
        let overlap = truth.overlap(&masks[0].render(truth.width, truth.height));
        println!("{}: {overlap:.3}, predicted {:.3}", truth.name, masks[0].quality());
        overlaps.push(overlap);
        encoded = Some((truth.file_name, embedding));
    }
    assert_eq!(overlaps.len(), 10);
    let mean = overlaps.iter().sum::<f64>() / 10.0;
    println!("mean: {mean:.3}");
    assert!(mean > 0.85, "{mean:.3}");
}
