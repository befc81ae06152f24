//! One flight with two invented persons, a clock that is set by hand, and accounts.

use jiff::Timestamp;
use oriel_app::{App, AppError, Channel, Compartment, ListImport, Setup, Status, Swept};
use oriel_casework::Verdict;
use oriel_keys::{Lock, Secret};
use oriel_policy::{Act, Actor, CheckMode, Grant, ListKind, PIU, Profile, Purpose, Role};
use oriel_screening::{Weights, lists::Format};
use oriel_store::{Id, JourneyRow, Store};
use oriel_testkit::{Place, TempDir, key_store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What the authority outside the unit alone knows.
pub(crate) const PHRASE: &str = "four invented words only";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const UMBERWAY: &str = "NAD+FL+++UMBERWAY:BELISANE'ATT+2++F'DTM+329:880302'NAT+2+UTO'\
                        DOC+P:110:111+X7654321'LOC+91+UTO'";

/// The one on the list, with a document.
pub(crate) fn kestrelman(document: &str) -> String {
    format!(
        "NAD+FL+++KESTRELMAN:ODRAN'ATT+2++M'DTM+329:760217'NAT+2+UTO'\
         DOC+P:110:111+{document}'LOC+91+UTO'"
    )
}

/// A system with its clock.
pub(crate) struct World {
    pub(crate) app: App,
    open: Box<dyn Fn() -> App>,
    clock: Arc<AtomicI64>,
    _keys: TempDir,
}

impl World {
    /// Under the profile `law`, at the instant `now`, with a list that names one of the persons.
    pub(crate) fn new(place: &Place, law: &str, now: &str) -> Self {
        Self::with(place, Profile::builtin(law).unwrap(), now)
    }

    pub(crate) fn with(place: &Place, law: Profile, now: &str) -> Self {
        let dir = TempDir::new("rights-keys");
        let keys = key_store(&dir);
        let own = Lock::Passphrase(Secret::new(PHRASE));
        keys.vault_init(&Lock::Plain, &own).unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let hand = Arc::clone(&clock);
        let place = place.name();
        let open = Box::new(move || {
            let hand = Arc::clone(&hand);
            let now = move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap();
            let setup = Setup {
                store: Store::create(&place, Arc::clone(&keys)).unwrap(),
                compartments: Compartment::only(law.clone()),
                mode: CheckMode::Demo,
                weights: Weights::default(),
                clock: Arc::new(now),
                threads: 1,
            };
            App::open(setup).unwrap()
        });
        let world = Self {
            app: open(),
            open,
            clock,
            _keys: dir,
        };
        world.set(now);
        world.import("Odran Kestrelman");
        world
    }

    /// Another node on the same store.
    pub(crate) fn node(&self) -> App {
        (self.open)()
    }

    pub(crate) fn set(&self, now: &str) {
        self.set_at(at(now));
    }

    pub(crate) fn set_at(&self, now: Timestamp) {
        self.clock.store(now.as_second(), Ordering::Relaxed);
    }

    pub(crate) fn import(&self, name: &str) {
        let list = format!(
            r#"{{"id":"N-1","names":["{name}"],"dob":["1976-02-17"],"nationality":["ut"]}}"#
        );
        let officer = Actor::new("officer", &[Role::ListOfficer]);
        let grant = self.app.authorize(&officer, Act::ListImport, None).unwrap();
        self.app
            .list_import(
                &grant,
                &ListImport {
                    id: "national",
                    kind: ListKind::Terrorism,
                    name: "National list (invented)",
                    owner: "Utopian Border Guard",
                    legal_basis: "Border Act, section 7",
                    format: &Format::Persons,
                    bytes: list.as_bytes(),
                    may_shrink: false,
                },
            )
            .unwrap();
    }

    /// Takes flight ZQ `number` on the day `date` (`yymmdd`) with two persons, the first on the list.
    pub(crate) fn receive(&self, number: u32, date: &str) {
        self.receive_with(number, date, "X1234567");
    }

    /// The same with another document of the first person.
    pub(crate) fn receive_with(&self, number: u32, date: &str, document: &str) {
        self.receive_list(number, date, &[&kestrelman(document), UMBERWAY]);
    }

    /// Takes a list of persons.
    pub(crate) fn receive_list(&self, number: u32, date: &str, persons: &[&str]) {
        let (count, segments) = (persons.len(), 7 + 5 * persons.len());
        let persons = persons.concat();
        let message = format!(
            "UNB+UNOA:4+ZQAIR+UTOGOV+{date}:0845+W{number}++APIS'\
             UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ{number:04}+++ZQ'\
             LOC+125+UXA'DTM+189:{date}1200:201'LOC+87+LHR'DTM+232:{date}1500:201'\
             {persons}CNT+42:{count}'UNT+{segments}+1'UNZ+1+W{number}'"
        );
        let receipt = self
            .app
            .receive(message.as_bytes(), Channel("test".into()))
            .unwrap();
        assert_eq!(receipt.count(Status::Accepted), 1, "{receipt:?}");
    }

    pub(crate) fn sweep(&self) -> Swept {
        let mut total = Swept::default();
        loop {
            let (swept, more) = self.app.sweep(16).unwrap();
            total.add(swept);
            if !more {
                return total;
            }
        }
    }

    pub(crate) fn journey(&self, number: &str) -> JourneyRow {
        let rows = self
            .app
            .store()
            .read(|tx| tx.journey_list(PIU, Timestamp::MIN, Timestamp::MAX))
            .unwrap();
        rows.into_iter().find(|row| row.number == number).unwrap()
    }

    /// Who is left of a flight.
    pub(crate) fn people(&self, number: &str) -> Vec<Id> {
        let n = self.journey(number).n;
        let rows = self.app.store().read(|tx| tx.traveller_list(n)).unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }

    /// The case of the one on the list.
    pub(crate) fn case(&self, number: &str) -> Id {
        let n = self.journey(number).n;
        let cases = self.app.store().read(|tx| tx.case_of_journey(n)).unwrap();
        cases[0].0
    }

    pub(crate) fn grant(&self, who: &str, role: Role, act: Act, purpose: &str) -> Grant {
        self.try_grant(who, role, act, purpose).unwrap()
    }

    pub(crate) fn try_grant(
        &self,
        who: &str,
        role: Role,
        act: Act,
        purpose: &str,
    ) -> Result<Grant, AppError> {
        let actor = Actor::new(who, &[role]);
        self.app
            .authorize(&actor, act, Purpose::parse(purpose).as_ref())
    }

    /// Closes the case of a flight with one verdict by two persons.
    pub(crate) fn decide(&self, number: &str, verdict: Verdict, reason: &str) {
        let case = self.case(number);
        let purpose = format!("case={}", case.display("case"));
        for who in ["usr_1", "usr_2"] {
            let read = self.grant(who, Role::Analyst, Act::CaseRead, &purpose);
            let hit = self.app.case(&read, case).unwrap().hits.remove(0);
            if hit.review.verdict().is_some() {
                return;
            }
            let sign = self.grant(who, Role::Analyst, Act::HitDecide, &purpose);
            let (id, version) = (hit.row.hit.id, hit.row.version);
            let reasons = [reason.to_owned()];
            self.app
                .hit_decide(&sign, case, id, version, verdict, &reasons, "")
                .unwrap();
        }
    }

    /// What the log says of acts of this name, oldest first.
    pub(crate) fn log(&self, act: &str) -> Vec<String> {
        let mut said = Vec::new();
        self.app
            .store()
            .read(|tx| {
                tx.audit_each(1, |entry| {
                    if entry.record.act == act {
                        said.push(entry.record.detail.to_owned());
                    }
                    Ok::<_, oriel_store::StoreError>(())
                })
            })
            .unwrap();
        said
    }
}
