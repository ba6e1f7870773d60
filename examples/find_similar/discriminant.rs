//! Linear discriminants between the background of a frame and a prompt.

/// Mean and covariance of a frame's windows, from which discriminants for any number of prompts are computed.
pub(super) struct Background {
    mean: Vec<f32>,
    /// Divisor of each feature.
    scale: Vec<f32>,
    /// Lower triangle of the Cholesky factor of the covariance matrix, row by row.
    factor: Vec<Vec<f32>>,
}

/// A linear discriminant.
pub(super) struct Discriminant {
    weights: Vec<f32>,
    offset: f32,
}

impl Background {
    /// Computes the background of samples of equal length. `scale` divides each feature; `ridge` is added to the
    /// variances to regularize them.
    pub(super) fn from_samples(samples: &[Vec<f32>], scale: Vec<f32>, ridge: f32) -> Self {
        let numbers = scale.len();
        let mut count = 0.0;
        let mut mean = vec![0.0; numbers];
        for sample in samples {
            count += 1.0;
            for (mean, number) in mean.iter_mut().zip(sample) {
                *mean += (number - *mean) / count;
            }
        }
        let mut covariance: Vec<Vec<f32>> = (1..=numbers).map(|row| vec![0.0; row]).collect();
        let mut centred = vec![0.0; numbers];
        for sample in samples {
            for (index, centred) in centred.iter_mut().enumerate() {
                *centred = (sample[index] - mean[index]) / scale[index];
            }
            for (row, along) in covariance.iter_mut().zip(&centred) {
                let along = along / count;
                row.iter_mut().zip(&centred).for_each(|(sum, across)| *sum += along * across);
            }
        }
        for (index, row) in covariance.iter_mut().enumerate() {
            row[index] += ridge;
        }
        factorise(&mut covariance);
        Self { mean, scale, factor: covariance }
    }

    /// Computes the discriminant of a prompt. Scores of the background have mean 0 and a standard deviation of at most
    /// 1, which the ridge reduces.
    pub(super) fn against(&self, prompt: &[f32]) -> Discriminant {
        let centred: Vec<f32> = prompt
            .iter()
            .zip(&self.mean)
            .zip(&self.scale)
            .map(|((number, mean), scale)| (number - mean) / scale)
            .collect();
        let mut weights = centred.clone();
        for (index, row) in self.factor.iter().enumerate() {
            let known: f32 = dot(&row[..index], &weights);
            weights[index] = (weights[index] - known) / row[index];
        }
        for (index, row) in self.factor.iter().enumerate().rev() {
            weights[index] /= row[index];
            let solved = weights[index];
            row[..index].iter().zip(&mut weights).for_each(|(factor, weight)| *weight -= factor * solved);
        }
        let length = dot(&weights, &centred).max(f32::MIN_POSITIVE).sqrt();
        weights.iter_mut().zip(&self.scale).for_each(|(weight, scale)| *weight /= scale * length);
        let offset = dot(&weights, &self.mean);
        Discriminant { weights, offset }
    }
}

impl Discriminant {
    /// Returns the score of a sample: its similarity to the prompt, in standard deviations of the background.
    pub(super) fn score(&self, sample: &[f32]) -> f32 {
        dot(&self.weights, sample) - self.offset
    }
}

/// Replaces a matrix by its Cholesky factor.
fn factorise(matrix: &mut [Vec<f32>]) {
    for index in 0..matrix.len() {
        let (before, rest) = matrix.split_at_mut(index);
        let Some(row) = rest.first_mut() else { return };
        for (column, earlier) in before.iter().enumerate() {
            row[column] = (row[column] - dot(&row[..column], &earlier[..column])) / earlier[column];
        }
        row[index] = (row[index] - dot(&row[..index], &row[..index])).max(1e-6).sqrt();
    }
}

/// Returns the dot product, with eight partial sums for SIMD.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let length = one.len().min(other.len());
    let ((ones, one), (others, other)) = (one[..length].as_chunks::<8>(), other[..length].as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        for (sum, (one, other)) in sums.iter_mut().zip(one.iter().zip(other)) {
            *sum += one * other;
        }
    }
    sums.iter().sum::<f32>() + one.iter().zip(other).map(|(one, other)| one * other).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_features_with_high_variance() {
        // The second feature is noise. The first and third are correlated everywhere except in the prompt.
        let samples: Vec<Vec<f32>> = (0..200_u8)
            .map(|n| {
                let (wave, noise, jitter) = (f32::from(n % 7) - 3.0, f32::from(n % 11) - 5.0, f32::from(n % 5) - 2.0);
                vec![wave, 10.0 * noise, wave + 0.2 * jitter]
            })
            .collect();
        let background = Background::from_samples(&samples, vec![1.0; 3], 0.001);
        let prompt = [2.0, 0.0, -2.0];
        let discriminant = background.against(&prompt);
        let scores: Vec<f32> = samples.iter().map(|sample| discriminant.score(sample)).collect();
        let mean = scores.iter().sum::<f32>() / 200.0;
        let deviation = (scores.iter().map(|score| (score - mean).powi(2)).sum::<f32>() / 200.0).sqrt();
        assert!(mean.abs() < 0.01 && (deviation - 1.0).abs() < 0.1, "{mean} {deviation}");
        assert!(discriminant.score(&prompt) > 5.0);
        assert!(discriminant.score(&[2.0, 0.0, 2.0]).abs() < 1.0);
    }
}
