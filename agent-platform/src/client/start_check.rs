//! Whether the platform can be used at all, and if not, why.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::PlatformClient;
use super::domain::Domain;
use super::error::Error;

/// Why the platform cannot be used: what [`PlatformClient::check`] found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// There is no way to the platform: no network, a wrong address, a proxy or firewall, or it is down.
    #[error("the platform at {domain} cannot be reached; check the network, and ENCORD_DOMAIN: {source}")]
    NoNetwork {
        /// Where the platform should be.
        domain: Domain,
        /// What happened.
        source: Error,
    },
    /// The key is known to another region of the platform.
    #[error("the key is not known at {domain}, but at {works_at}: set ENCORD_DOMAIN={works_at}")]
    WrongRegion {
        /// Where it was tried first.
        domain: Domain,
        /// Where it is known.
        works_at: Domain,
        /// What the platform said.
        source: Error,
    },
    /// The key is not known to the platform, in any region that could be asked.
    #[error(
        "the platform at {domain} does not know the key or token; add the public key to your user profile: {source}"
    )]
    WrongKey {
        /// Where it was tried.
        domain: Domain,
        /// What the platform said.
        source: Error,
    },
    /// Something answers, but not as the platform does.
    #[error("what answers at {domain} is not the platform; check ENCORD_DOMAIN: {source}")]
    NotThePlatform {
        /// What was asked.
        domain: Domain,
        /// What it answered.
        source: Error,
    },
    /// The platform is there and knows the key, but the call failed.
    #[error("the platform at {domain} answers with an error: {source}")]
    Failing {
        /// Where the platform is.
        domain: Domain,
        /// What it said.
        source: Error,
    },
}

impl PlatformClient {
    /// Whether the platform can be used: asks it for the projects of the last day, as a start-up check (contract:
    /// `platform-api.md`, section 7).
    ///
    /// If the key is not known, the other regions are asked too, so that a wrong key and a wrong region can be told
    /// apart; see [`PlatformBuilder::regions`](super::PlatformBuilder::regions).
    ///
    /// # Errors
    /// What is wrong, in words for whoever starts the agent.
    pub async fn check(&self) -> Result<(), CheckError> {
        let Err(source) = self.ask().await else { return Ok(()) };
        let domain = self.domain().clone();
        match &source {
            Error::Authentication(_) | Error::SshKeyNotFound(_) => {
                for region in &self.shared.regions {
                    if self.at(region.clone()).ask().await.is_ok() {
                        return Err(CheckError::WrongRegion { domain, works_at: region.clone(), source });
                    }
                }
                Err(CheckError::WrongKey { domain, source })
            }
            Error::Connection(_) | Error::Timeout(_) | Error::Interrupted(_) => {
                Err(CheckError::NoNetwork { domain, source })
            }
            Error::NotJson(_) | Error::UnexpectedAnswer(_) | Error::NoContent(_) | Error::AnswerTooLarge(_) => {
                Err(CheckError::NotThePlatform { domain, source })
            }
            // Without an envelope nothing legacy answered.
            Error::GenericServer(_) | Error::ResourceNotFound(_) | Error::MethodNotAllowed(_)
                if matches!(source.status(), Some(300..=499)) =>
            {
                Err(CheckError::NotThePlatform { domain, source })
            }
            _ => Err(CheckError::Failing { domain, source }),
        }
    }

    async fn ask(&self) -> Result<(), Error> {
        const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let yesterday = SystemTime::now().checked_sub(A_DAY).unwrap_or(UNIX_EPOCH);
        self.user_projects(Some(&iso(yesterday))).await.map(drop)
    }
}

/// A time as ISO 8601 in UTC, to the second: `2024-05-01T12:00:00`.
fn iso(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days since 1970 to a date: years are counted from March on, so that the leap day is the last of its year.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times_as_iso_8601() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_714_564_800, "2024-05-01T12:00:00"),
            (4_102_444_799, "2099-12-31T23:59:59"),
        ] {
            assert_eq!(iso(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
