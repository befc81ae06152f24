//! Counts for whoever watches the machine, in the text form of Prometheus.
//!
//! Invariant: a label is a route, a method, a status, or a name of which the installation has few,
//! such as a carrier's: never an id, never a value.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper edges of the time buckets, in seconds.
const EDGES: [f64; 8] = [0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 5.0, 30.0];

#[derive(Default)]
struct Series {
    buckets: [u64; EDGES.len()],
    count: u64,
    seconds: f64,
}

/// Requests by method, route and status.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<(String, String, u16), Series>>);

impl Metrics {
    /// Notes one answer.
    pub(crate) fn note(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (method.to_owned(), route.to_owned(), status);
        let series = all.entry(key).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, edge) in series.buckets.iter_mut().zip(EDGES) {
            *bucket += u64::from(seconds <= edge);
        }
        series.count += 1;
        series.seconds += seconds;
    }

    /// Everything noted, with `figures` of the store (name, help, value) and `counts` (name, help,
    /// rows of labels and value) before it.
    pub(crate) fn render(&self, figures: &[(&str, &str, i64)], counts: &[Count<'_>]) -> String {
        let mut text = String::new();
        let mut line = |words: std::fmt::Arguments<'_>| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{words}");
        };
        for (name, help, value) in figures {
            line(format_args!("# HELP oriel_{name} {help}"));
            line(format_args!("# TYPE oriel_{name} gauge"));
            line(format_args!("oriel_{name} {value}"));
        }
        for Count {
            name,
            help,
            kind,
            rows,
        } in counts
        {
            line(format_args!("# HELP oriel_{name} {help}"));
            line(format_args!("# TYPE oriel_{name} {kind}"));
            for (labels, value) in rows {
                let labels: Vec<String> = labels
                    .iter()
                    .map(|(label, value)| format!("{label}=\"{}\"", plain(value)))
                    .collect();
                line(format_args!("oriel_{name}{{{}}} {value}", labels.join(",")));
            }
        }
        const NAME: &str = "oriel_http_request_seconds";
        line(format_args!("# HELP {NAME} Time from request to answer."));
        line(format_args!("# TYPE {NAME} histogram"));
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), series) in &*all {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            for (bucket, edge) in series.buckets.iter().zip(EDGES) {
                line(format_args!(
                    "{NAME}_bucket{{{labels},le=\"{edge}\"}} {bucket}"
                ));
            }
            line(format_args!(
                "{NAME}_bucket{{{labels},le=\"+Inf\"}} {}",
                series.count
            ));
            line(format_args!("{NAME}_sum{{{labels}}} {}", series.seconds));
            line(format_args!("{NAME}_count{{{labels}}} {}", series.count));
        }
        text
    }
}

/// A figure with labels.
pub(crate) struct Count<'a> {
    pub(crate) name: &'a str,
    pub(crate) help: &'a str,
    /// `counter` or `gauge`.
    pub(crate) kind: &'a str,
    pub(crate) rows: Vec<(Vec<(&'a str, &'a str)>, u64)>,
}

/// Names and codes as they are, `-` between two; of anything else, only letters, digits, `-` and
/// `_`.
fn plain(value: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    value.replace(' ', "-").chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_labels_stay_apart_and_nothing_else_gets_in() {
        assert_eq!(plain("main zq"), "main-zq");
        assert_eq!(plain("A\"} 1\n<x>"), "A-1x");
    }

    #[test]
    fn buckets_are_cumulative_and_end_in_the_count() {
        let metrics = Metrics::default();
        metrics.note("GET", "/queue", 200, Duration::from_millis(10));
        metrics.note("GET", "/queue", 200, Duration::from_millis(200));
        let text = metrics.render(
            &[("hits", "Hits found.", 3)],
            &[Count {
                name: "filtered_total",
                help: "Cut.",
                kind: "counter",
                rows: vec![(vec![("what", "remark"), ("carrier", "Z\"}Q")], 2)],
            }],
        );
        assert!(text.contains("oriel_filtered_total{what=\"remark\",carrier=\"ZQ\"} 2"));
        let of = |le: &str| {
            let start = format!(
                "oriel_http_request_seconds_bucket{{method=\"GET\",route=\"/queue\",status=\"200\",le=\"{le}\"}} "
            );
            text.lines()
                .find_map(|l| l.strip_prefix(&start))
                .map(str::to_owned)
        };
        assert_eq!(of("0.005").as_deref(), Some("0"));
        assert_eq!(of("0.02").as_deref(), Some("1"));
        assert_eq!(of("0.3").as_deref(), Some("2"));
        assert_eq!(of("+Inf").as_deref(), Some("2"));
        assert!(text.contains("\noriel_hits 3\n"));
    }
}
