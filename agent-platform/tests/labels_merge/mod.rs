//! Differences between label rows, and their three-way merge.

mod cases;
mod lossless;
mod oracle;
mod random;
