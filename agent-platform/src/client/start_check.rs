//! Start-up check of the platform.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::PlatformClient;
use super::domain::Domain;
use super::error::Error;

/// Result of a failed [`PlatformClient::check`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The platform cannot be reached: no network, a wrong address, a proxy or firewall, or an outage.
    #[error("the platform at {domain} cannot be reached; check the network, and ENCORD_DOMAIN: {source}")]
    NoNetwork {
        /// Address of the platform.
        domain: Domain,
        /// The underlying error.
        source: Error,
    },
    /// The key is registered in another region.
    #[error("the key is not known at {domain}, but at {works_at}: set ENCORD_DOMAIN={works_at}")]
    WrongRegion {
        /// The configured region.
        domain: Domain,
        /// The region that knows the key.
        works_at: Domain,
        /// The platform's response.
        source: Error,
    },
    /// No tried region knows the key.
    #[error(
        "the platform at {domain} does not know the key or token; add the public key to your user profile: {source}"
    )]
    WrongKey {
        /// Address of the platform.
        domain: Domain,
        /// The platform's response.
        source: Error,
    },
    /// The server at this address is not the platform.
    #[error("what answers at {domain} is not the platform; check ENCORD_DOMAIN: {source}")]
    NotThePlatform {
        /// The address.
        domain: Domain,
        /// The underlying error.
        source: Error,
    },
    /// The platform knows the key, but the call failed.
    #[error("the platform at {domain} answers with an error: {source}")]
    Failing {
        /// Address of the platform.
        domain: Domain,
        /// The platform's response.
        source: Error,
    },
}

impl PlatformClient {
    /// Checks that the platform can be used, by listing the projects of the last day (contract:
    /// `docs/contract/endpoints.md#start-up-check`). Call it at start-up.
    ///
    /// If the key is unknown, the other regions are tried too, to tell a wrong region from a wrong key; see
    /// [`PlatformBuilder::regions`](super::PlatformBuilder::regions).
    ///
    /// # Errors
    /// A description of the problem for the operator of the agent.
    pub async fn check(&self) -> Result<(), CheckError> {
        let Err(source) = self.probe().await else { return Ok(()) };
        let domain = self.domain().clone();
        match &source {
            Error::Authentication(_) | Error::SshKeyNotFound(_) => {
                for region in &self.shared.regions {
                    if self.at(region.clone()).probe().await.is_ok() {
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
            // A response without an envelope does not come from the legacy endpoint.
            Error::GenericServer(_) | Error::ResourceNotFound(_) | Error::MethodNotAllowed(_)
                if matches!(source.status(), Some(300..=499)) =>
            {
                Err(CheckError::NotThePlatform { domain, source })
            }
            _ => Err(CheckError::Failing { domain, source }),
        }
    }

    async fn probe(&self) -> Result<(), Error> {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let yesterday = SystemTime::now().checked_sub(DAY).unwrap_or(UNIX_EPOCH);
        self.user_projects(Some(&iso(yesterday))).await.map(drop)
    }
}

/// Formats a time as ISO 8601 in UTC, to the second: `2024-05-01T12:00:00`.
fn iso(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Converts days since 1970 to a date. Years start in March, so that the leap day is the last day of a year.
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
