//! Bitmasks as SVG: rows of cells, because a mask of megapixels is drawn with a width of 160 pixels.

use std::fmt::Write;

use agent_platform::labels::Bitmask;

/// Height and width of a cell in pixels of the picture.
const CELL: usize = 2;

/// Returns the cells whose middle is in the mask as an SVG path; `None` if the mask is malformed or empty.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pictures have less than 2^16 pixels")]
pub(super) fn path(mask: &Bitmask, (width, height): (f64, f64)) -> Option<String> {
    let (wide, high) = (usize::try_from(mask.width()).ok()?, usize::try_from(mask.height()).ok()?);
    let pixels = mask.to_rows().ok()?;
    let (columns, rows) = ((width as usize / CELL).max(1), (height as usize / CELL).max(1));
    let is_set = |column: usize, row: usize| {
        let (x, y) = ((2 * column + 1) * wide / (2 * columns), (2 * row + 1) * high / (2 * rows));
        pixels.get(y * wide + x).is_some_and(|pixel| *pixel != 0)
    };
    let mut path = String::new();
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let run = (column..columns).take_while(|column| is_set(*column, row)).count();
            if run > 0 {
                let _ = write!(path, "M{} {}h{}v{CELL}h-{}z", column * CELL, row * CELL, run * CELL, run * CELL);
            }
            column += run + 1;
        }
    }
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_runs_of_cells() {
        // A block of 4 by 2 pixels in the second row of blocks.
        let mut pixels = vec![0; 16 * 8];
        for y in 4..8 {
            pixels[y * 16 + 4..y * 16 + 12].fill(1);
        }
        let mask = Bitmask::from_rows(16, 8, &pixels).unwrap();
        assert_eq!(path(&mask, (8.0, 4.0)).unwrap(), "M2 2h4v2h-4z");
        assert_eq!(path(&mask, (160.0, 80.0)).unwrap().matches('M').count(), 20);
        let empty = Bitmask::from_rows(16, 8, &[0; 16 * 8]).unwrap();
        assert_eq!(path(&empty, (8.0, 4.0)), None);
        assert_eq!(path(&Bitmask::from_rle(16, 8, "~~"), (8.0, 4.0)), None);
    }
}
