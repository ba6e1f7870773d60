//! The shard of a replica, from the settings or from the variables of the hosting platform.

use crate::settings::StageSettings;
use crate::settings::shard::Shard;
use crate::start_error::StartError;

/// Variables with the index of a replica, each with the variable for the number of replicas, if the hosting platform has one.
const INDEXES: [(&str, Option<&str>); 3] = [
    // Kubernetes, in an indexed job.
    ("JOB_COMPLETION_INDEX", None),
    ("CLOUD_RUN_TASK_INDEX", Some("CLOUD_RUN_TASK_COUNT")),
    ("AWS_BATCH_JOB_ARRAY_INDEX", Some("AWS_BATCH_JOB_ARRAY_SIZE")),
];

/// Returns the shard: `AGENT_SHARD`, or else the index that the hosting platform sets. Default: all tasks.
///
/// # Errors
/// An index is set without the number of shards, or is out of range.
pub(super) fn detect(settings: &StageSettings, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, StartError> {
    if let Some(shard) = settings.shard {
        return Ok(shard);
    }
    for (name, count) in INDEXES {
        let Some(index) = variable(name).filter(|index| !index.trim().is_empty()) else { continue };
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let count = settings.shards.or_else(|| number(&variable(count?)?));
        let count = count.ok_or(StartError::UnknownShards { index: name })?;
        let shard = number(&index).and_then(|index| Shard::new(index, count));
        let expects = || format!("a number from 0 to {}, since there are {count} shards", count.saturating_sub(1));
        return shard.ok_or_else(|| StartError::Setting { name, value: index, expects: expects() });
    }
    Ok(Shard::ALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(shards: Option<usize>, variables: &[(&str, &str)]) -> Result<String, String> {
        let settings = StageSettings { shards, ..StageSettings::default() };
        let variable = |name: &str| variables.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned());
        detect(&settings, variable).map(|shard| shard.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn index_of_the_hosting_platform_is_the_shard() {
        assert_eq!(shard(None, &[]).unwrap(), "0/1");
        assert_eq!(shard(Some(8), &[("JOB_COMPLETION_INDEX", "2")]).unwrap(), "2/8");
        let cloud_run = [("CLOUD_RUN_TASK_INDEX", "3"), ("CLOUD_RUN_TASK_COUNT", "4")];
        assert_eq!(shard(None, &cloud_run).unwrap(), "3/4");
        assert_eq!(shard(Some(5), &[("AWS_BATCH_JOB_ARRAY_INDEX", "0")]).unwrap(), "0/5");
    }

    #[test]
    fn index_without_count_is_an_error() {
        let error = shard(None, &[("JOB_COMPLETION_INDEX", "2")]).unwrap_err();
        assert!(error.contains("JOB_COMPLETION_INDEX") && error.contains("AGENT_SHARDS"), "{error}");
        let error = shard(Some(2), &[("JOB_COMPLETION_INDEX", "2")]).unwrap_err();
        assert!(error.contains("`2`") && error.contains("0 to 1"), "{error}");
    }

    #[test]
    fn setting_takes_precedence() {
        let settings = StageSettings { shard: Shard::parse("1/3"), ..StageSettings::default() };
        let detected = detect(&settings, |_| Some("7".to_owned())).unwrap();
        assert_eq!(detected.to_string(), "1/3");
    }
}
