//! Edits of label rows.

//# on_usize
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    let last = row.frames().count();
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(last)?; //~ [last]
    Ok(())
}

//# on_u32
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(3u32)?; //~ [3u32]
    Ok(())
}

//# on_negative
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(-1)?; //~ [-1] rust
    Ok(())
}

//# on_text
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on("3")?; //~ ["3"]
    Ok(())
}

//# on_reference_to_frame
#[editor_agent]
async fn mark(frame: &Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?; //~ [frame]
    Ok(())
}

//# on_optional_frame
#[editor_agent]
async fn mark(frame: Option<Frame>, row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?; //~ [frame]
    Ok(())
}

//# on_range
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(0..3)?; //~ [0..3]
    Ok(())
}

//# on_each_range_of_usize
#[editor_agent]
async fn mark(row: &mut LabelRow, objects: ObjectHashes) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each(0..objects.len())?; //~ [0..objects.len()]
    Ok(())
}

//# on_each_open_range
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each(3..)?; //~ [3..]
    Ok(())
}

//# on_each_list_of_frames
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each(vec![frame])?; //~ [vec![frame]]
    Ok(())
}

//# on_each_iterator
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each((0..9).step_by(3))?; //~ [(0..9).step_by(3)]
    Ok(())
}

//# on_each_floats
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each([0.5, 1.0])?; //~ [[0.5, 1.0]]
    Ok(())
}

//# answer_with_bool
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4")?.answer("Parked", true)?; //~ [true]
    Ok(())
}

//# answer_with_usize
#[editor_agent]
async fn mark(row: &mut LabelRow, objects: ObjectHashes) -> Result<()> {
    row.edit("a1b2c3d4")?.answer("Count", objects.len())?; //~ [objects.len()]
    Ok(())
}

//# answer_with_f32
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4")?.answer("Score", 0.5f32)?; //~ [0.5f32]
    Ok(())
}

//# answer_with_option
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4")?.answer("Color", Some("Red"))?; //~ [Some("Red")]
    Ok(())
}

//# answer_with_char
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4")?.answer("Grade", 'A')?; //~ ['A']
    Ok(())
}

//# answer_while_adding_with_bool
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Car").answer("Parked", false).bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?; //~ [false]
    Ok(())
}

//# classify_with_bool
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.classify("Night", true).on(frame)?; //~ [true]
    Ok(())
}

//# classify_without_answer
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.classify("Night").on(frame)?; //~ [classify] rust
    Ok(())
}

//# classify_on_usize
#[editor_agent]
async fn mark(objects: ObjectHashes, row: &mut LabelRow) -> Result<()> {
    row.classify("Night", "Yes").on(objects.len())?; //~ [objects.len()]
    Ok(())
}

//# at_usize
#[editor_agent]
async fn mark(objects: ObjectHashes, row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4")?.at(objects.len())?.simplify(0.1)?; //~ [objects.len()]
    Ok(())
}

//# frame_of_text
#[editor_agent]
async fn mark(row: &LabelRow) -> String {
    row.frame("first").objects().count().to_string() //~ ["first"]
}

//# remove_from_usize
#[editor_agent]
async fn mark(objects: ObjectHashes, row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4")?.remove_from(objects.len())?; //~ [objects.len()]
    Ok(())
}

//# frame_minus_one
#[editor_agent]
async fn mark(frame: Frame, row: &LabelRow) -> String {
    row.frame(frame - 1).objects().count().to_string() //~ [-] rust
}

//# frame_as_index
#[editor_agent]
async fn mark(frame: Frame, objects: ObjectHashes) -> String {
    objects[frame].to_string() //~ [frame] rust
}

//# frame_into_integer
#[editor_agent]
async fn mark(frame: Frame) -> String {
    let number: u64 = frame; //~ [frame] rust
    number.to_string()
}

//# edit_through_shared_row
#[editor_agent]
async fn mark(row: &LabelRow) -> Result<()> {
    row.delete("a1b2c3d4")?; //~ [row] rust
    Ok(())
}

//# edit_row_by_value_without_mut
#[editor_agent]
async fn mark(row: LabelRow) -> Result<()> {
    row.delete("a1b2c3d4")?; //~ [row] rust
    Ok(())
}

//# save_on_row
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.save().await?; //~ [save] rust
    Ok(())
}

//# python_initialise
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.initialise_labels(); //~ [initialise_labels] rust
    Ok(())
}

//# two_edits_at_once
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    let first = row.edit("a1b2c3d4")?;
    let second = row.edit("b1b2c3d4")?; //~ [row] rust
    first.delete();
    second.delete();
    Ok(())
}

//# bounding_box_of_integers
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(10, 0.1, 0.2, 0.2).on(frame)?; //~ [10] rust
    Ok(())
}

//# coordinates_of_tuple
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Car").coordinates((0.1, 0.1)).on(frame)?; //~ [(0.1, 0.1)]
    Ok(())
}

//# missing_question_mark_on_edit
#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.edit("a1b2c3d4").at(frame)?; //~ [at] rust
    Ok(())
}

//# hash_of_number
#[editor_agent]
async fn mark(row: &mut LabelRow) -> Result<()> {
    row.delete(3)?; //~ [3] rust
    Ok(())
}

//# unused_result_of_moved_selection
#[editor_agent]
async fn mark(selected: Selected<Polygon>) -> String {
    for polygon in selected {
        drop(polygon);
    }
    selected.len().to_string() //~ [selected] rust
}
