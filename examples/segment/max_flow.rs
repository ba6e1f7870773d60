//! Minimum cuts of grids with augmenting paths and two search trees that are reused (Boykov and Kolmogorov, 2004). The
//! algorithm is fast for short paths, as in images.

use std::collections::VecDeque;

/// Offsets of a pixel's neighbours, clockwise from east. The opposite of direction *d* is *d* + 4 (modulo 8).
pub(super) const NEIGHBOURS: [(isize, isize); 8] =
    [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

/// Search tree of a pixel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tree {
    Neither,
    Source,
    Sink,
}

/// Parent of a pixel in its tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    Nothing,
    Terminal,
    Neighbour(usize),
}

/// A grid of pixels. Each pixel has edges to its eight neighbours, and to the source or the sink.
pub(super) struct Grid {
    width: usize,
    /// Width with a border of one pixel on each side, which has no edges.
    stride: usize,
    /// Residual capacity to each neighbour.
    links: Vec<[f32; 8]>,
    /// Residual capacity from the source or, if negative, to the sink.
    terminals: Vec<f32>,
    trees: Vec<Tree>,
    parents: Vec<Parent>,
    /// Distance to the terminal, and the time at which it was computed.
    distances: Vec<(u32, u32)>,
    now: u32,
    active: VecDeque<usize>,
    orphans: Vec<usize>,
}

impl Grid {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (stride, count) = (width + 2, (width + 2) * (height + 2));
        Self {
            width,
            stride,
            links: vec![[0.0; 8]; count],
            terminals: vec![0.0; count],
            trees: vec![Tree::Neither; count],
            parents: vec![Parent::Nothing; count],
            distances: vec![(0, 0); count],
            now: 0,
            active: VecDeque::new(),
            orphans: Vec::new(),
        }
    }

    fn index(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride + x + 1
    }

    fn neighbour(&self, pixel: usize, direction: usize) -> usize {
        let (x, y) = NEIGHBOURS[direction];
        pixel.wrapping_add_signed(x).wrapping_add_signed(y * self.stride.cast_signed())
    }

    /// Sets the cost of separating two neighbours.
    pub(super) fn link(&mut self, x: usize, y: usize, direction: usize, cost: f32) {
        let pixel = self.index(x, y);
        let neighbour = self.neighbour(pixel, direction);
        self.links[pixel][direction] = cost;
        self.links[neighbour][(direction + 4) % 8] = cost;
    }

    /// Sets the cost of a pixel on the sink's side minus that on the source's side.
    pub(super) fn prefer(&mut self, x: usize, y: usize, cost: f32) {
        let pixel = self.index(x, y);
        self.terminals[pixel] = cost;
    }

    /// Computes the minimum cut. Returns which pixels are on the source's side, row by row.
    pub(super) fn cut(mut self) -> Vec<bool> {
        for pixel in 0..self.terminals.len() {
            let tree = match self.terminals[pixel] {
                flow if flow > 0.0 => Tree::Source,
                flow if flow < 0.0 => Tree::Sink,
                _ => continue,
            };
            (self.trees[pixel], self.parents[pixel]) = (tree, Parent::Terminal);
            self.active.push_back(pixel);
        }
        while let Some(pixel) = self.active.front().copied() {
            match self.grow(pixel) {
                Some((from, direction)) => {
                    self.now += 1;
                    self.augment(from, direction);
                    while let Some(orphan) = self.orphans.pop() {
                        self.adopt(orphan);
                    }
                }
                None => {
                    self.active.pop_front();
                }
            }
        }
        let rows = self.trees.chunks_exact(self.stride).skip(1);
        let inner = rows.flat_map(|row| &row[1..=self.width]);
        let count = self.trees.len() / self.stride - 2;
        inner.take(count * self.width).map(|tree| *tree == Tree::Source).collect()
    }

    /// Returns the residual capacity in the direction of the tree between a pixel and its neighbour further from the
    /// terminal.
    fn residual(&self, tree: Tree, pixel: usize, direction: usize) -> f32 {
        match tree {
            Tree::Source => self.links[pixel][direction],
            _ => self.links[self.neighbour(pixel, direction)][(direction + 4) % 8],
        }
    }

    /// Adds the neighbours of a pixel to its tree. Returns the edge where the trees meet, seen from the source's side.
    fn grow(&mut self, pixel: usize) -> Option<(usize, usize)> {
        let tree = self.trees[pixel];
        if tree == Tree::Neither {
            return None;
        }
        for direction in 0..8 {
            if self.residual(tree, pixel, direction) <= 0.0 {
                continue;
            }
            let (neighbour, back) = (self.neighbour(pixel, direction), (direction + 4) % 8);
            let (distance, when) = self.distances[pixel];
            if self.trees[neighbour] == Tree::Neither {
                (self.trees[neighbour], self.parents[neighbour]) = (tree, Parent::Neighbour(back));
                self.distances[neighbour] = (distance + 1, when);
                self.active.push_back(neighbour);
            } else if self.trees[neighbour] != tree {
                return Some(if tree == Tree::Source { (pixel, direction) } else { (neighbour, back) });
            } else if self.distances[neighbour].1 <= when && self.distances[neighbour].0 > distance + 1 {
                self.parents[neighbour] = Parent::Neighbour(back);
                self.distances[neighbour] = (distance + 1, when);
            }
        }
        None
    }

    /// Augments the path through an edge where the trees meet.
    fn augment(&mut self, from: usize, direction: usize) {
        let to = self.neighbour(from, direction);
        let mut most = self.links[from][direction];
        for start in [from, to] {
            let mut pixel = start;
            while let Parent::Neighbour(up) = self.parents[pixel] {
                let parent = self.neighbour(pixel, up);
                most = most.min(self.residual(self.trees[pixel], parent, (up + 4) % 8));
                pixel = parent;
            }
            most = most.min(self.terminals[pixel].abs());
        }
        self.links[from][direction] -= most;
        self.links[to][(direction + 4) % 8] += most;
        for start in [from, to] {
            let (mut pixel, of_source) = (start, self.trees[start] == Tree::Source);
            while let Parent::Neighbour(up) = self.parents[pixel] {
                let (parent, down) = (self.neighbour(pixel, up), (up + 4) % 8);
                let (given, taken) =
                    if of_source { ((parent, down), (pixel, up)) } else { ((pixel, up), (parent, down)) };
                self.links[given.0][given.1] -= most;
                self.links[taken.0][taken.1] += most;
                if self.links[given.0][given.1] <= 0.0 {
                    self.orphan(pixel);
                }
                pixel = parent;
            }
            self.terminals[pixel] -= if of_source { most } else { -most };
            if self.terminals[pixel] == 0.0 {
                self.orphan(pixel);
            }
        }
    }

    fn orphan(&mut self, pixel: usize) {
        self.parents[pixel] = Parent::Nothing;
        self.orphans.push(pixel);
    }

    /// Finds a new parent for an orphan: the neighbour with the shortest path to the terminal. Without one, removes the
    /// orphan from its tree.
    fn adopt(&mut self, orphan: usize) {
        let tree = self.trees[orphan];
        let mut best: Option<(u32, usize)> = None;
        for direction in 0..8 {
            let neighbour = self.neighbour(orphan, direction);
            if self.trees[neighbour] != tree || self.residual(tree, neighbour, (direction + 4) % 8) <= 0.0 {
                continue;
            }
            if let Some(distance) = self.distance_to_terminal(neighbour)
                && best.is_none_or(|(least, _)| distance < least)
            {
                best = Some((distance, direction));
            }
        }
        if let Some((distance, direction)) = best {
            self.parents[orphan] = Parent::Neighbour(direction);
            self.distances[orphan] = (distance + 1, self.now);
            return;
        }
        self.trees[orphan] = Tree::Neither;
        for direction in 0..8 {
            let (neighbour, back) = (self.neighbour(orphan, direction), (direction + 4) % 8);
            if self.trees[neighbour] != tree {
                continue;
            }
            if self.residual(tree, neighbour, back) > 0.0 {
                self.active.push_back(neighbour);
            }
            if self.parents[neighbour] == Parent::Neighbour(back) {
                self.orphan(neighbour);
            }
        }
    }

    /// Returns the distance of a pixel to its terminal; `None` if its path ends at an orphan. Caches the distances
    /// along the path.
    fn distance_to_terminal(&mut self, pixel: usize) -> Option<u32> {
        let (mut at, mut steps) = (pixel, 0);
        let beyond = loop {
            match self.parents[at] {
                _ if self.distances[at].1 == self.now && self.parents[at] != Parent::Nothing => {
                    break self.distances[at].0;
                }
                Parent::Terminal => {
                    self.distances[at] = (1, self.now);
                    break 1;
                }
                Parent::Neighbour(up) => at = self.neighbour(at, up),
                Parent::Nothing => return None,
            }
            steps += 1;
        };
        let (mut at, mut distance) = (pixel, beyond + steps);
        while self.distances[at].1 != self.now {
            self.distances[at] = (distance, self.now);
            distance -= 1;
            let Parent::Neighbour(up) = self.parents[at] else { break };
            at = self.neighbour(at, up);
        }
        Some(beyond + steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the cost of a labelling.
    fn cost(
        width: usize,
        preferences: &[f32],
        links: &[(usize, usize, usize, f32)],
        side: impl Fn(usize) -> bool,
    ) -> f32 {
        let of_pixels = preferences.iter().enumerate().map(|(pixel, cost)| match side(pixel) {
            true => (-cost).max(0.0),
            false => cost.max(0.0),
        });
        let of_links = links.iter().map(|(x, y, direction, cost)| {
            let (right, down) = NEIGHBOURS[*direction];
            let neighbour = y.wrapping_add_signed(down) * width + x.wrapping_add_signed(right);
            if side(y * width + x) == side(neighbour) { 0.0 } else { *cost }
        });
        of_pixels.sum::<f32>() + of_links.sum::<f32>()
    }

    #[test]
    fn cut_has_minimum_cost() {
        let (width, height) = (4_usize, 3_usize);
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u8::try_from(state >> 28).unwrap())
        };
        for _ in 0..50 {
            let preferences: Vec<f32> = (0..width * height).map(|_| random() - 7.0).collect();
            let mut links = Vec::new();
            for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                for (direction, (right, down)) in NEIGHBOURS.into_iter().enumerate().take(4) {
                    let (to_x, to_y) = (x.wrapping_add_signed(right), y.wrapping_add_signed(down));
                    if to_x < width && to_y < height {
                        links.push((x, y, direction, random() / 4.0));
                    }
                }
            }
            let mut grid = Grid::new(width, height);
            preferences.iter().enumerate().for_each(|(pixel, cost)| grid.prefer(pixel % width, pixel / width, *cost));
            links.iter().for_each(|(x, y, direction, cost)| grid.link(*x, *y, *direction, *cost));
            let cut = grid.cut();
            let found = cost(width, &preferences, &links, |pixel| cut[pixel]);
            let all = 0..1_u32 << (width * height);
            let least = all.map(|sides| cost(width, &preferences, &links, |pixel| sides >> pixel & 1 == 1));
            let least = least.fold(f32::MAX, f32::min);
            assert!((found - least).abs() < 1e-3, "{found} {least}");
        }
    }
}
