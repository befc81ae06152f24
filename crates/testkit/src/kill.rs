//! Kills a program at random moments, to show that what it had promised is still there.
//!
//! - In: a seed, how many rounds, how to start the program.  Out: how many rounds ended by the
//!   kill and not by the program itself.
//! - The moments are drawn from the seed; where the program is at such a moment is not, so a test
//!   asserts what must hold wherever it was.

use crate::Peer;
use std::process::Command;
use std::time::Duration;

/// Starts the program `rounds` times and kills it, as `kill -9` does, after a random time of at
/// most `longest`. Returns how often it was still running then.
///
/// A test that gets 0 has killed nothing: give it more work or a shorter `longest`.
#[track_caller]
pub fn kill_randomly(
    seed: u64,
    rounds: u32,
    longest: Duration,
    mut command: impl FnMut() -> Command,
) -> u32 {
    let mut state = seed;
    let mut killed = 0;
    for _ in 0..rounds {
        let wait = longest.mul_f64(next(&mut state));
        let mut peer = Peer::start(&mut command());
        if peer.ended_within(wait).is_none() {
            peer.kill();
            killed += 1;
        }
    }
    killed
}

/// The next number of at least 0 and below 1 (SplitMix64).
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_busy_program_is_killed_in_every_round() {
        assert_eq!(
            kill_randomly(1, 3, Duration::from_millis(20), || shell("sleep 60")),
            3
        );
    }

    #[test]
    fn a_program_that_is_done_does_not_count() {
        let done = || shell("exit 0");
        assert_eq!(kill_randomly(4, 1, Duration::from_secs(30), done), 0);
    }

    #[test]
    fn moments_spread_over_the_whole_time() {
        let mut state = 7;
        let moments: Vec<f64> = (0..1000).map(|_| next(&mut state)).collect();
        assert!(moments.iter().all(|m| (0.0..1.0).contains(m)));
        for tenth in 0..10 {
            let from = f64::from(tenth) / 10.0;
            let count = moments
                .iter()
                .filter(|m| (from..from + 0.1).contains(*m))
                .count();
            assert!(
                (60..140).contains(&count),
                "{count} of 1000 in the tenth at {from}"
            );
        }
    }
}
