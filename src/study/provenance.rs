//! Where results come from: version, commit, machine, options, time.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

/// What a run is recorded with, now, as JSON on one line: version, commit (null outside a repository or package) and a
/// fingerprint of the sources, when it began
/// (UTC, ISO 8601), processor, threads and system, the words of the command line, the share and the text of the study's file. It is all
/// that a result may one day be asked about, and no part of a result.
pub fn provenance(study: &str, shard: super::Shard) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let json = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "commit": option_env!("SPIKESTEP_COMMIT"),
        "sources": env!("SPIKESTEP_FINGERPRINT"),
        "started": iso(since.as_secs()),
        "cpu": cpu(),
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "threads": rayon::current_num_threads(),
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "options": std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>(),
        "shard": shard.to_string(),
        "study": study,
    });
    json.to_string()
}

/// The processor's name as Linux tells it.
fn cpu() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Seconds since 1970 as a date of the Gregorian calendar, UTC. Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*
/// (2013), `civil_from_days`: eras of 400 years that start on 1 March.
fn iso(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + 400 * era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    #[test]
    fn dates() {
        // `date -u -d @SECONDS`, with leap days of 2000 and 2024.
        for (seconds, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
        ] {
            assert_eq!(super::iso(seconds), date);
        }
    }
}
