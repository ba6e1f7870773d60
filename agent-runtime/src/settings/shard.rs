//! The share of a replica in the tasks of a stage.

use std::fmt;

use uuid::Uuid;

/// The share of a replica: the tasks whose hash modulo `count` is `index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// From 0.
    index: u64,
    count: u64,
}

impl Shard {
    /// All tasks.
    pub(crate) const ALL: Self = Self { index: 0, count: 1 };

    /// Creates a shard. `None` unless the index is less than the count.
    pub(crate) fn new(index: usize, count: usize) -> Option<Self> {
        (index < count).then_some(Self { index: index as u64, count: count as u64 })
    }

    /// Parses `INDEX/COUNT`, such as `2/8`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (index, count) = text.split_once('/')?;
        Self::new(index.trim().parse().ok()?, count.trim().parse().ok()?)
    }

    /// Returns `true` if a task belongs to the shard.
    pub(crate) fn owns(self, task: Uuid) -> bool {
        self.count == 1 || hash(task) % self.count == self.index
    }
}

/// The 64-bit FNV-1a hash of the bytes of a UUID, with its halves folded, because the low bits alone are weak. It is the same in
/// every version and on every machine: replicas of different versions do not work on the same task.
fn hash(task: Uuid) -> u64 {
    let hash = task
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ (hash >> 32)
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_index_below_count_only() {
        assert_eq!(Shard::parse("2/8"), Shard::new(2, 8));
        assert_eq!(Shard::parse("0/1"), Some(Shard::ALL));
        for invalid in ["", "2", "8/8", "1/0", "-1/8", "a/8", "1/8/9"] {
            assert_eq!(Shard::parse(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn each_task_belongs_to_one_shard() {
        let shards: Vec<_> = (0..8).map(|index| Shard::new(index, 8).unwrap()).collect();
        let mut tasks = [0; 8];
        for task in (0..8_000).map(Uuid::from_u128) {
            let owners: Vec<_> = (0..8).filter(|index| shards[*index].owns(task)).collect();
            assert_eq!(owners.len(), 1);
            tasks[owners[0]] += 1;
        }
        assert!(tasks.iter().all(|count| (850..1150).contains(count)), "{tasks:?}");
    }

    #[test]
    fn hash_is_stable() {
        assert_eq!(hash(Uuid::from_u128(1)), 0x8820_1eb9_e8df_7c0b);
    }
}
