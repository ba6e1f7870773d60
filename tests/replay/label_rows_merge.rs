//! Merges of label rows of every kind of data.

use agent_platform::labels::{EditError, LabelRow, MergeError, Presence};
use test_support::made_up::parsed;

use super::row_set;

fn rows() -> Vec<(String, LabelRow)> {
    row_set::open().texts().iter().map(|texts| (texts.name.clone(), texts.parse())).collect()
}

/// Edits an object: on its first frame, or its ranges.
fn edit_object(row: &mut LabelRow, hash: &str, number: u64) -> Result<(), EditError> {
    let first = row.object(hash)?.placements().next();
    let first = first.map(|placed| (placed.space_id().map(ToOwned::to_owned), placed.frame()));
    if let Some((space, frame)) = first {
        let edit = row.edit(hash)?;
        let edit = if let Some(space) = space { edit.in_space(&space)? } else { edit };
        edit.at(frame)?.confidence(0.25 + f64::from(u32::try_from(number).unwrap()) / 100.0)?;
        return Ok(());
    }
    let attribute = row
        .object(hash)?
        .class()
        .and_then(|class| class.attributes().next().map(|attribute| attribute.feature_hash().to_owned()));
    let spaces: Vec<String> = row.spaces().map(|space| space.id().to_owned()).collect();
    let space = spaces
        .into_iter()
        .find(|id| row.object(hash).is_ok_and(|object| object.ranges_in(id).is_ok_and(|ranges| !ranges.is_empty())));
    let edit = row.edit(hash)?;
    let edit = if let Some(space) = space { edit.in_space(&space)? } else { edit };
    match (edit.set_ranges(number..=number + 3), attribute) {
        (Ok(_), _) => Ok(()),
        (Err(_), Some(attribute)) => row.edit(hash)?.clear_answer(&attribute).map(|_| ()),
        (Err(error), None) => Err(error),
    }
}

#[test]
fn merges_edits_of_two_objects_in_every_row() {
    let mut merged_rows = 0;
    for (name, base) in rows() {
        let hashes: Vec<_> = base.objects().map(|object| object.hash().clone()).collect();
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        if let Some(hash) = hashes.first() {
            let _ = edit_object(&mut ours, hash.as_str(), 1);
        }
        if let Some(hash) = hashes.get(1) {
            let _ = edit_object(&mut theirs, hash.as_str(), 2);
        }
        let theirs = parsed(format!("{} ", theirs.to_json()), &base);
        let merged = LabelRow::merge(&base, &ours, &theirs).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (own, foreign) = (ours.difference_from(&base), theirs.difference_from(&base));
        let again = parsed(merged.to_json(), &base);
        assert_eq!(own.presence_in(&again), Presence::Present, "{name}");
        assert_eq!(foreign.presence_in(&again), Presence::Present, "{name}");
        assert_eq!(again.difference_from(&base).len(), own.len() + foreign.len(), "{name}");
        let alone = LabelRow::merge(&base, &ours, &parsed(format!("{} ", base.to_json()), &base)).unwrap();
        assert_eq!(alone.to_json(), format!("{} ", ours.to_json()), "{name}");
        merged_rows += usize::from(!own.is_empty() && !foreign.is_empty());
    }
    assert!(merged_rows >= 15, "{merged_rows} rows with edits on both sides");
}

#[test]
fn refuses_edits_of_deleted_objects_in_every_row() {
    let mut refused = 0;
    for (name, base) in rows() {
        let Some(hash) = base.objects().next().map(|object| object.hash().to_owned()) else { continue };
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        ours.delete(&hash).unwrap();
        let alone = LabelRow::merge(&base, &ours, &parsed(format!("{} ", base.to_json()), &base)).unwrap();
        assert_eq!(alone.to_json(), format!("{} ", ours.to_json()), "{name}");
        if edit_object(&mut theirs, hash.as_str(), 1).is_err() || theirs.difference_from(&base).is_empty() {
            continue;
        }
        for merged in [LabelRow::merge(&base, &ours, &theirs), LabelRow::merge(&base, &theirs, &ours)] {
            assert!(matches!(merged, Err(MergeError::Conflict { .. })), "{name}: {merged:?}");
        }
        refused += 1;
    }
    assert!(refused >= 15, "{refused} rows");
}
