//! What is counted for the statistics of the law, and where a count comes from.
//!
//! - In: events of the log; changes of records, told by who makes them.  Out: counts by measure and
//!   part, such as a list.
//! - Source: R-STA-01; Directive (EU) 2016/681, Article 20; R-STA-02.
//! - Invariant: a count holds no person and nothing by which one could be found; it is kept in the
//!   transaction of what is counted, so that masking and erasing do not change it.

use crate::audit::Record;

macro_rules! measures {
    ($($measure:ident = $name:literal, $persons:literal, $by:literal, $says:literal, $query:literal;)*) => {
        /// What is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure { $(#[doc = $says] $measure,)* }

        impl Measure {
            /// Every measure, in the order of the report.
            pub const ALL: &[Self] = &[$(Self::$measure),*];

            fn row(self) -> (&'static str, bool, &'static str, &'static str, &'static str) {
                match self { $(Self::$measure => ($name, $persons, $by, $says, $query),)* }
            }
        }
    };
}

measures! {
    Passengers = "passengers", true, "mode",
        "Passengers whose data was collected, each once a journey.",
        "one when a person is first merged into a journey, less one when two turn out to be one; on the day of the journey's anchor";
    Journeys = "journeys", false, "mode",
        "Journeys of which data was collected.",
        "one when a journey is first kept; on the day of its anchor";
    Messages = "messages", false, "",
        "Messages that were accepted.",
        "events message.accept";
    Refused = "refused", false, "",
        "Messages that were refused, of which nothing is kept.",
        "events message.refuse";
    Records = "records", true, "",
        "Records of passengers in the messages accepted.",
        "travellers of the events message.accept";
    Hits = "hits", true, "list",
        "Technical hits: a passenger and an entry of a list that fit, found and not withdrawn.",
        "one when a hit is found, less one when it is withdrawn; on that day";
    Confirmed = "confirmed", true, "list",
        "Hits that persons confirmed.",
        "events hit.decide that close a hit with the verdict same";
    NotConfirmed = "not_confirmed", true, "list",
        "Hits that persons did not confirm.",
        "events hit.decide that close a hit with the verdict not_same";
    Unclear = "unclear", true, "list",
        "Hits of which persons could not tell.",
        "events hit.decide that close a hit with the verdict cannot_tell";
    Identified = "identified", true, "",
        "Passengers identified for further examination: with a confirmed hit, each once.",
        "events hit.decide that confirm the first hit of a passenger";
    Sent = "sent", true, "recipient",
        "Passengers whose data was exchanged, by recipient.",
        "passengers of the events that name a recipient";
    Requests = "requests", false, "source",
        "Requests of competent authorities, by source.",
        "events request.put";
}

impl Measure {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// Whether it counts persons, so that small counts are not shown.
    pub fn is_of_persons(self) -> bool {
        self.row().1
    }

    /// By what it is parted: `mode`, `list`, `recipient`, `source`, or nothing.
    pub fn by(self) -> &'static str {
        self.row().2
    }

    /// What is counted, in words.
    pub fn says(self) -> &'static str {
        self.row().3
    }

    /// Where the count comes from.
    pub fn query(self) -> &'static str {
        self.row().4
    }
}

/// What an event counts for: measure, part, how many.
pub fn of<'a>(record: &Record<'a>) -> Vec<(Measure, &'a str, i64)> {
    let mut counts = Vec::new();
    let detail = record.detail;
    let value = |key: &str| -> Option<&'a str> {
        let mut words = detail.split(' ');
        words.find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    };
    let number = |key| value(key).and_then(|n| n.parse::<i64>().ok());
    if record.denied().is_some() {
        return counts;
    }
    match record.act {
        "message.accept" => {
            counts.push((Measure::Messages, "", 1));
            counts.push((Measure::Records, "", number("travellers").unwrap_or(0)));
        }
        "message.refuse" => counts.push((Measure::Refused, "", 1)),
        "request.put" => counts.push((Measure::Requests, value("source").unwrap_or(""), 1)),
        "hit.decide" if record.says("state=decided") => {
            let measure = match value("verdict") {
                Some("same") => Measure::Confirmed,
                Some("not_same") => Measure::NotConfirmed,
                _ => Measure::Unclear,
            };
            counts.push((measure, value("list").unwrap_or(""), 1));
            if record.says("identified=yes") {
                counts.push((Measure::Identified, "", 1));
            }
        }
        _ => {}
    }
    if !record.recipient.is_empty() {
        let persons = number("travellers").unwrap_or(1);
        counts.push((Measure::Sent, record.recipient, persons));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn check(act: &str, recipient: &str, detail: &str, expect: &[(&str, &str, i64)]) {
        let record = Record {
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: "usr_1",
            act,
            object: "",
            purpose: "",
            recipient,
            compartment: "piu",
            profile: "",
            detail,
        };
        let got = of(&record);
        let got: Vec<_> = got
            .iter()
            .map(|(m, part, n)| (m.name(), *part, *n))
            .collect();
        assert_eq!(got, expect, "{act} {detail}");
    }

    /// R-STA-01, R-STA-02.
    #[test]
    fn what_an_event_counts_for() {
        check(
            "message.accept",
            "",
            "ok type=PAXLST travellers=181",
            &[("messages", "", 1), ("records", "", 181)],
        );
        check(
            "message.refuse",
            "",
            "refused bytes=9",
            &[("refused", "", 1)],
        );
        let decided = "ok verdict=same reasons=S1 state=decided list=un identified=yes";
        let both = [("confirmed", "un", 1), ("identified", "", 1)];
        check("hit.decide", "", decided, &both);
        check(
            "hit.decide",
            "",
            "ok verdict=same state=second_wanted list=un",
            &[],
        );
        check("hit.decide", "", "denied second-person", &[]);
        let not = "ok verdict=not_same reasons=N1 state=decided list=un";
        check("hit.decide", "", not, &[("not_confirmed", "un", 1)]);
        check(
            "case.read",
            "piu:uto",
            "ok travellers=2",
            &[("sent", "piu:uto", 2)],
        );
        check("case.read", "", "ok travellers=2", &[]);
    }

    #[test]
    fn measures_have_names_and_say_what_they_are() {
        let names: BTreeSet<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
        assert_eq!(names.len(), Measure::ALL.len());
        for measure in Measure::ALL {
            assert!(measure.says().ends_with('.') && !measure.query().is_empty());
        }
    }
}
