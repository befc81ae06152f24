//! The sandbox, and the certification that a carrier runs by sending to it.
//!
//! - In: what a carrier in test sends, or a live one to the sandbox. Out: the receipt that it would
//!   get, and how each case of its open run stands, with the places in its bytes and what to change.
//! - Source: R-CAR-01.
//! - Invariants: a rehearsal goes the way of every message as far as the filter and no further:
//!   nothing is merged, screened or kept. Of a run stay digests, sizes, counts, and codes with
//!   places. A case is met by a message without a finding that costs a value; what was sent last
//!   counts.

use super::{object, view};
use crate::law::only;
use crate::prepare::Prepared;
use crate::selection::signed;
use crate::{App, AppError, FindingNote, Receipt, Sender};
use oriel_messages::findings::{self, reception};
use oriel_model::{Function, Severity};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Act, Grant};
use oriel_store::{CarrierRow, CaseMet, CertificationRow, Id, Tx};

/// One thing that a carrier shows it can do.
#[derive(Debug)]
pub struct CertificationCase {
    /// Its name.
    pub name: &'static str,
    /// The format it belongs to; blank where it belongs to all.
    pub format: &'static str,
    /// What to send.
    pub says: &'static str,
    /// Functions that count; none where the message is to be refused.
    functions: &'static [Function],
    /// Persons or bookings that must be in it.
    least: u32,
}

macro_rules! cases {
    ($($name:literal of $format:literal: $($function:ident)|*, $least:literal, $says:literal;)+) => {
        /// Every case.
        pub const CERTIFICATION: &[CertificationCase] = &[$(CertificationCase {
            name: $name, format: $format, says: $says, functions: &[$(Function::$function),*],
            least: $least,
        },)+];
    };
}

cases! {
    "broken" of "": , 0,
        "one transmission cut in the middle: it must be refused, and your system must see that it was";
    "paxlst-list" of "paxlst": PassengerList, 2,
        "a list of at least two passengers (BGM 745)";
    "paxlst-crew" of "paxlst": CrewList, 1,
        "a list of the crew (BGM 250)";
    "paxlst-change" of "paxlst": PassengerChange, 1,
        "changed data of a passenger (BGM 745, CP)";
    "paxlst-cancel" of "paxlst": PassengerCancel | FlightCancel, 0,
        "a passenger who does not travel (BGM 745, XR), or a flight that does not (BGM 266, XF)";
    "paxlst-close" of "paxlst": FlightClose | FlightCloseOnBoard | FlightCloseNotOnBoard, 0,
        "the closing of a flight (BGM 266 with CL, CLOB or CLNB)";
    "pnrgov-push" of "pnrgov": FullPush, 2,
        "a push of at least two bookings (MSG 22)";
    "pnrgov-update" of "pnrgov": UpdatePush, 1,
        "a push of a changed booking (MSG 141)";
    "pnrgov-xml-push" of "pnrgov-xml": FullPush, 2,
        "a push of at least two bookings";
    "pnrgov-xml-update" of "pnrgov-xml": UpdatePush, 1,
        "a push of a changed booking";
    "table-list" of "table": PassengerList, 2,
        "a table of at least two passengers";
}

impl CertificationCase {
    /// Whether a carrier of these formats meets it.
    fn is_of(&self, formats: &[String]) -> bool {
        self.format.is_empty() || formats.iter().any(|format| format == self.format)
    }

    /// The case that a message is a try of.
    fn of(message: &Prepared, formats: &[String]) -> Option<&'static Self> {
        let mut own = CERTIFICATION.iter().filter(|case| case.is_of(formats));
        own.find(|case| match &message.accepted {
            None => case.functions.is_empty(),
            Some(accepted) => {
                case.format == message.format
                    && case.functions.contains(&accepted.envelope.function)
            }
        })
    }

    /// Whether a message that is a try of it meets it.
    fn is_met(&self, message: &Prepared) -> bool {
        let Some(accepted) = &message.accepted else {
            return true;
        };
        accepted.travellers.max(accepted.bookings) >= self.least && !message.notes.iter().any(costs)
    }
}

/// Whether a finding costs a value, or the message, or says that it is not the carrier's to send.
fn costs(note: &FindingNote) -> bool {
    let kind = findings::by_code(&note.code);
    let strange = |code: &str| reception::ROWS.iter().any(|row| row.code == code);
    kind.is_none_or(|kind| kind.severity >= Severity::Error || strange(kind.code))
}

/// How a case of a run stands.
#[derive(Clone, Debug)]
pub struct CaseStanding {
    /// The case.
    pub case: &'static CertificationCase,
    /// How it was met last; nothing where nothing was sent for it.
    pub met: Option<CaseMet>,
    /// What was odd about it then.
    pub findings: Vec<FindingNote>,
}

/// How a run stands: what is kept of it is the carrier's certificate.
#[derive(Clone, Debug)]
pub struct CertificationView {
    /// The run.
    pub run: CertificationRow,
    /// Its cases.
    pub cases: Vec<CaseStanding>,
}

impl App {
    /// Opens a run of the certification for a carrier; what it sends to the sandbox from then on
    /// counts. One that is open and not passed is gone on with.
    pub fn certification_open(
        &self,
        grant: &Grant,
        handle: &str,
    ) -> Result<CertificationView, AppError> {
        only(grant, &[Act::CarrierPut])?;
        self.core.store.write(|tx| {
            let carrier = view(tx, handle)?.row;
            if let Some(run) = open_run(tx, &carrier)? {
                tx.housekeeping();
                return standing(tx, run);
            }
            let run = CertificationRow {
                id: Id::of_record(&["certification", handle], grant.at(), &[]),
                handle: handle.to_owned(),
                formats: carrier.formats,
                opened: signed(grant),
                passed_at: None,
            };
            tx.certification_insert(&run)?;
            let detail = format!("ok certification={}", run.id.display("crt"));
            tx.audit_append(&[Event::granted(grant, object(handle), detail)])?;
            standing(tx, run)
        })
    }

    /// Every run of a carrier, newest first.
    pub fn certifications(
        &self,
        grant: &Grant,
        handle: &str,
    ) -> Result<Vec<CertificationView>, AppError> {
        only(grant, &[Act::CarrierRead, Act::CarrierOwn])?;
        self.core.store.read(|tx| {
            let runs = tx.certification_list(handle)?;
            runs.into_iter().map(|run| standing(tx, run)).collect()
        })
    }

    /// Answers a rehearsal as if it were kept, and notes which cases of an open run it meets.
    pub(crate) fn rehearse(
        &self,
        prepared: Vec<Prepared>,
        sender: &Sender,
    ) -> Result<Receipt, AppError> {
        if let Some(carrier) = sender.carrier() {
            self.note_cases(&carrier.row, &prepared)?;
        }
        // Nobody was looked at, so nobody is cleared.
        Ok(Receipt {
            messages: prepared.iter().map(Prepared::outcome).collect(),
        })
    }

    fn note_cases(&self, carrier: &CarrierRow, prepared: &[Prepared]) -> Result<(), AppError> {
        let open = self.core.store.read(|tx| open_run(tx, carrier))?;
        let Some(run) = open else { return Ok(()) };
        let tries = prepared.iter();
        let tries: Vec<(&CertificationCase, &Prepared)> = tries
            .filter_map(|message| Some((CertificationCase::of(message, &run.formats)?, message)))
            .collect();
        if tries.is_empty() {
            return Ok(());
        }
        let now = self.now();
        self.core.store.write(|tx| {
            // Somebody else's message may have been the last one.
            if open_run(tx, carrier)?.is_none_or(|open| open.id != run.id) {
                return Ok(());
            }
            for (case, message) in tries {
                let accepted = message.accepted.as_ref();
                let count = |of: fn(&crate::prepare::Accepted) -> u32| accepted.map_or(0, of);
                tx.certification_case_put(
                    run.id,
                    &CaseMet {
                        name: case.name.to_owned(),
                        digest: message.key,
                        size: message.size as i64,
                        received_at: now,
                        travellers: i64::from(count(|it| it.travellers)),
                        bookings: i64::from(count(|it| it.bookings)),
                        passed: case.is_met(message),
                        findings: message.findings.clone(),
                    },
                )?;
            }
            let standing = standing(tx, run)?;
            if !standing.is_passed() {
                tx.housekeeping();
                return Ok(());
            }
            let run = standing.run.id;
            tx.certification_pass(run, now)?;
            let detail = format!("ok certification={}", run.display("crt"));
            let object = object(&carrier.handle);
            let event = Event::system(now, Deed::CarrierPass, object, detail);
            Ok::<_, AppError>(tx.audit_append(&[event])?)
        })
    }
}

impl CertificationView {
    /// Whether every case was met.
    pub fn is_passed(&self) -> bool {
        let met = |standing: &CaseStanding| standing.met.as_ref().is_some_and(|met| met.passed);
        self.run.passed_at.is_some() || self.cases.iter().all(met)
    }
}

/// Whether a carrier passed a run about all of its formats.
pub(super) fn is_certified(tx: &mut Tx<'_>, carrier: &CarrierRow) -> Result<bool, AppError> {
    let covers = |run: &CertificationRow| {
        let known = |format: &String| run.formats.contains(format);
        run.passed_at.is_some() && carrier.formats.iter().all(known)
    };
    Ok(tx.certification_list(&carrier.handle)?.iter().any(covers))
}

/// The run that is open, if it is about the formats that the carrier has now.
fn open_run(tx: &mut Tx<'_>, carrier: &CarrierRow) -> Result<Option<CertificationRow>, AppError> {
    let newest = tx.certification_list(&carrier.handle)?.into_iter().next();
    Ok(newest.filter(|run| run.passed_at.is_none() && run.formats == carrier.formats))
}

fn standing(tx: &mut Tx<'_>, run: CertificationRow) -> Result<CertificationView, AppError> {
    let mut known = tx.certification_cases(run.id)?;
    let own = CERTIFICATION.iter().filter(|case| case.is_of(&run.formats));
    let cases = own.map(|case| {
        let place = known.iter().position(|met| met.name == case.name);
        let met = place.map(|place| known.swap_remove(place));
        let findings = met.as_ref().map(|met| serde_json::from_str(&met.findings));
        CaseStanding {
            case,
            findings: findings.and_then(Result::ok).unwrap_or_default(),
            met,
        }
    });
    let cases = cases.collect();
    Ok(CertificationView { run, cases })
}
