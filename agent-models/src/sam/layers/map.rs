//! Feature maps.

/// A feature map: the channels of each pixel, row by row.
#[derive(Clone, PartialEq)]
pub(in crate::sam) struct Map {
    pub(in crate::sam) width: usize,
    pub(in crate::sam) height: usize,
    pub(in crate::sam) channels: usize,
    pub(in crate::sam) data: Vec<f32>,
}

impl Map {
    /// Creates a map of zeros.
    pub(in crate::sam) fn zeros(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, data: vec![0.0; width * height * channels] }
    }

    /// Returns the elements per row.
    pub(in crate::sam) fn row_length(&self) -> usize {
        self.width * self.channels
    }

    /// Returns the elements of a row.
    pub(in crate::sam) fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.row_length()..][..self.row_length()]
    }
}
