//! The sample project through the types of its ontology.

use std::path::Path;
use std::sync::Arc;

use agent_runtime::prelude::*;

use super::cases::{Case, at_fixed_time, object_case};

mod types {
    agent_runtime::ontology!(pub(crate) mod sample = "../agent-studio/sample/ontology.json");
}
use types::sample;

object_case!(sample, Coin, NewCoin; radio metal set_metal, text inscription set_inscription, numeric diameter set_diameter,
    dynamic_radio motion set_motion, dynamic_checklist in_the_way set_in_the_way);
object_case!(sample, ItemBox, NewItemBox; radio kind set_kind, numeric hidden_share set_hidden_share, text note set_note);
object_case!(sample, ItemOutline, NewItemOutline; radio kind set_kind, numeric hidden_share set_hidden_share, text note set_note);
object_case!(sample, ItemMask, NewItemMask; radio kind set_kind, numeric hidden_share set_hidden_share, text note set_note);
object_case!(sample, ItemRotatedBox, NewItemRotatedBox; radio kind set_kind, numeric hidden_share set_hidden_share, text note set_note);
object_case!(sample, UpperBody, NewUpperBody; text activity set_activity, checklist hidden_parts set_hidden_parts);
object_case!(sample, Face, NewFace; radio of set_of, text expression set_expression);
object_case!(sample, Eye, NewEye; );
object_case!(sample, Whisker, NewWhisker; );
object_case!(sample, TripodLeg, NewTripodLeg; radio side set_side);
object_case!(sample, Lamp, NewLamp; radio colour set_colour, numeric rays set_rays);
object_case!(sample, Badge, NewBadge; text writing set_writing);
object_case!(sample, TowerBlock, NewTowerBlock; numeric storeys set_storeys);

fn rows() -> Vec<LabelRow> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agent-studio/sample");
    let ontology = std::fs::read_to_string(folder.join("ontology.json")).unwrap();
    let ontology = Arc::new(Ontology::parse(ontology).unwrap());
    let files = std::fs::read_dir(folder.join("labels")).unwrap();
    let row = |text| at_fixed_time(LabelRow::parse(text, Arc::clone(&ontology)).unwrap());
    files.map(|file| row(std::fs::read_to_string(file.unwrap().path()).unwrap())).collect()
}

#[test]
fn types_of_the_sample_read_and_write_like_untyped_labels() {
    let rows = rows();
    let (mut objects, mut classifications) = (0, 0);
    for row in &rows {
        let case = Case::from_row(row.clone());
        objects += case.objects::<sample::Coin>() + case.objects::<sample::ItemBox>();
        objects += case.objects::<sample::ItemOutline>() + case.objects::<sample::ItemMask>();
        objects += case.objects::<sample::ItemRotatedBox>() + case.objects::<sample::UpperBody>();
        objects += case.objects::<sample::Face>() + case.objects::<sample::Eye>() + case.objects::<sample::Whisker>();
        objects += case.objects::<sample::TripodLeg>() + case.objects::<sample::Lamp>();
        objects += case.objects::<sample::Badge>() + case.objects::<sample::TowerBlock>();
        classifications += case.classifications::<sample::Scene>() + case.classifications::<sample::Quality>();
        classifications += case.classifications::<sample::Caption>() + case.classifications::<sample::NumberOfCoins>();
        classifications += case.classifications::<sample::ClearedForPublication>();
    }
    assert_eq!(objects, rows.iter().map(|row| row.objects().count()).sum::<usize>());
    assert_eq!(classifications, rows.iter().map(|row| row.classifications().count()).sum::<usize>());
    assert!(objects > 50 && classifications > 20, "{objects} objects, {classifications} classifications");
}
