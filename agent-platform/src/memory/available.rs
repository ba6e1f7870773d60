//! Detection of the available memory.

use std::path::{Path, PathBuf};

/// Returns the minimum of the memory left by the control groups and the memory available on the machine, in bytes.
/// Returns `None` on other systems than Linux, or if it is unknown.
pub(super) fn bytes() -> Option<u64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    [left_in_control_groups(Path::new("/sys/fs/cgroup"), &groups), machine].into_iter().flatten().min()
}

/// Parses the line `MemAvailable:  1234 kB` of `/proc/meminfo`.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Returns the memory left by the process's control group and its ancestors: the limit minus the usage.
fn left_in_control_groups(root: &Path, groups: &str) -> Option<u64> {
    let mut least = None;
    for line in groups.lines() {
        // Format: HIERARCHY:CONTROLLERS:PATH. Version 2 has no controllers.
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (base, limit, usage) = if controllers.is_empty() {
            (root.to_owned(), "memory.max", "memory.current")
        } else if controllers.split(',').any(|controller| controller == "memory") {
            (root.join("memory"), "memory.limit_in_bytes", "memory.usage_in_bytes")
        } else {
            continue;
        };
        let folder = base.join(path.trim_start_matches('/'));
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(&base)) {
            let Some(limit) = number(folder.join(limit)) else { continue };
            let left = limit.saturating_sub(number(folder.join(usage)).unwrap_or(0));
            least = Some(least.map_or(left, |least: u64| least.min(left)));
        }
    }
    least
}

/// Reads a file that holds one number. Returns `None` for `max`.
fn number(path: PathBuf) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_available_memory_of_the_machine() {
        let meminfo = "MemTotal:       24000000 kB\nMemFree:  1 kB\nMemAvailable:   2000 kB\n";
        assert_eq!(available(meminfo), Some(2_048_000));
        assert_eq!(available("MemTotal: 1 kB\n"), None);
    }

    #[test]
    fn reads_the_tightest_limit_of_all_groups() {
        let root = std::env::temp_dir().join(format!("agent-cgroup-test-{:016x}", fastrand::u64(..)));
        let (outer, inner) = (root.join("outer"), root.join("outer/inner"));
        let old = root.join("memory/docker");
        for (folder, name, text) in [
            (&inner, "memory.max", "max"),
            (&outer, "memory.max", "1000000\n"),
            (&outer, "memory.current", "400000\n"),
            (&old, "memory.limit_in_bytes", "500000\n"),
        ] {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(name), text).unwrap();
        }
        assert_eq!(left_in_control_groups(&root, "0::/outer/inner\n"), Some(600_000));
        assert_eq!(left_in_control_groups(&root, "5:cpu,memory:/docker\n1:name=systemd:/x\n"), Some(500_000));
        assert_eq!(left_in_control_groups(&root, "0::/elsewhere\n"), None);
        std::fs::remove_dir_all(root).unwrap();
    }
}
