//! Gaussian mixture models of colours.

/// Red, green and blue, 0 to 255.
pub(super) type Colour = [f64; 3];

/// Components of a mixture.
const COMPONENTS: usize = 5;
/// Minimum variance per channel, in squared levels, to account for noise.
const MIN_VARIANCE: f64 = 8.0;

/// A Gaussian mixture model of colours.
pub(super) struct Colours(Vec<Normal>);

struct Normal {
    mean: Colour,
    /// Inverse of the covariance matrix.
    inverse: [[f64; 3]; 3],
    /// Part of the cost that does not depend on the colour.
    constant: f64,
}

impl Colours {
    /// Fits a mixture to colours with k-means. `None` without colours.
    pub(super) fn fit(colours: &[Colour]) -> Option<Self> {
        let mut centres = vec![*colours.first()?];
        while centres.len() < COMPONENTS {
            let separation =
                |colour: &&Colour| centres.iter().map(|centre| distance(centre, colour)).fold(f64::MAX, f64::min);
            // A sample is enough for the initial centres.
            let next =
                colours.iter().step_by(colours.len() / 1000 + 1).max_by(|a, b| separation(a).total_cmp(&separation(b)));
            centres.push(*next?);
        }
        let mut groups = Vec::new();
        for _ in 0..8 {
            groups = vec![Vec::new(); centres.len()];
            for colour in colours {
                let nearest = centres.iter().zip(&mut groups);
                let nearest = nearest.min_by(|a, b| distance(a.0, colour).total_cmp(&distance(b.0, colour)));
                nearest.into_iter().for_each(|(_, group)| group.push(*colour));
            }
            for (centre, group) in centres.iter_mut().zip(&groups) {
                *centre = mean(group).unwrap_or(*centre);
            }
        }
        Self::from_groups(&groups)
    }

    /// Refits the mixture to colours, starting from the current components.
    pub(super) fn refined(&self, colours: &[Colour]) -> Option<Self> {
        let mut groups = vec![Vec::new(); self.0.len()];
        for colour in colours {
            let best = self.0.iter().zip(&mut groups);
            let best = best.min_by(|a, b| a.0.cost(colour).total_cmp(&b.0.cost(colour)));
            best.into_iter().for_each(|(_, group)| group.push(*colour));
        }
        Self::from_groups(&groups)
    }

    fn from_groups(groups: &[Vec<Colour>]) -> Option<Self> {
        let all: f64 = groups.iter().flatten().map(|_| 1.0).sum();
        let normals: Vec<Normal> = groups.iter().filter_map(|group| Normal::fit(group, all)).collect();
        (!normals.is_empty()).then_some(Self(normals))
    }

    /// Returns the negative log-likelihood of a colour.
    pub(super) fn cost(&self, colour: &Colour) -> f64 {
        self.0.iter().map(|normal| normal.cost(colour)).fold(f64::MAX, f64::min)
    }
}

impl Normal {
    /// Fits a component to the colours of a group. `all` is the number of colours in all groups.
    fn fit(group: &[Colour], all: f64) -> Option<Self> {
        let mean = mean(group)?;
        let count: f64 = group.iter().map(|_| 1.0).sum();
        let mut covariance = [[0.0; 3]; 3];
        for colour in group {
            let from_mean: Colour = std::array::from_fn(|part| colour[part] - mean[part]);
            for (row, along) in covariance.iter_mut().zip(from_mean) {
                row.iter_mut().zip(from_mean).for_each(|(sum, across)| *sum += along * across / count);
            }
        }
        (0..3).for_each(|part| covariance[part][part] += MIN_VARIANCE);
        let (inverse, determinant) = inverted(&covariance);
        Some(Self { mean, inverse, constant: determinant.ln() / 2.0 - (count / all).ln() })
    }

    fn cost(&self, colour: &Colour) -> f64 {
        let from_mean: Colour = std::array::from_fn(|part| colour[part] - self.mean[part]);
        let rows =
            self.inverse.iter().map(|row| row.iter().zip(from_mean).map(|(entry, part)| entry * part).sum::<f64>());
        self.constant + rows.zip(from_mean).map(|(row, part)| row * part).sum::<f64>() / 2.0
    }
}

/// Returns the squared distance of two colours.
pub(super) fn distance(one: &Colour, other: &Colour) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum()
}

fn mean(colours: &[Colour]) -> Option<Colour> {
    let count: f64 = colours.iter().map(|_| 1.0).sum();
    let sum = colours.iter().fold([0.0; 3], |sum, colour| std::array::from_fn(|part| sum[part] + colour[part]));
    (!colours.is_empty()).then(|| sum.map(|sum| sum / count))
}

/// Returns the inverse and the determinant of a matrix.
fn inverted(m: &[[f64; 3]; 3]) -> ([[f64; 3]; 3], f64) {
    let minor = |row: usize, column: usize| {
        let (r, c) = ([(row + 1) % 3, (row + 2) % 3], [(column + 1) % 3, (column + 2) % 3]);
        m[r[0]][c[0]] * m[r[1]][c[1]] - m[r[0]][c[1]] * m[r[1]][c[0]]
    };
    let determinant: f64 = (0..3).map(|column| m[0][column] * minor(0, column)).sum();
    (std::array::from_fn(|row| std::array::from_fn(|column| minor(column, row) / determinant)), determinant)
}
