//! The use cases: receive, screen, review, read, keep lists, sign in.
//!
//! This is the only place where the engines meet the store. Edges (`oriel-server`, the commands)
//! translate and call one method here; if two edges need the same ten lines, they belong here. It
//! speaks no HTTP and prints nothing.
//!
//! The three types to know: [`App`], [`Receipt`] (what became of a transmission) and [`AppError`].
//!
//! Time is an argument: an [`App`] is opened with its [`Clock`], so that a replay can be run at the
//! hour it is about.

mod account;
mod ahead;
mod at_hand;
mod audit;
mod carriers;
mod check_in;
mod compartment;
mod error;
mod filter;
mod hold;
mod journey;
mod law;
mod lists;
mod lookup;
mod matching;
mod oversight;
mod prepare;
mod quality;
mod read;
mod receive;
mod reply;
mod review;
mod rights;
mod schedule;
mod screen;
mod selection;
mod statistics;
mod sweep;
mod traffic;
mod transfers;
mod unfit;
mod unmask;
mod writer;

pub use account::{
    AccountView, Admin, CEREMONY_LIFE, FRESH, Factors, NewMachine, NewPerson, NewTotp, Place,
    Refusal, SESSION_IDLE, SESSION_LIFE, Session, Shown, SignedIn, Token, Way,
};
pub use carriers::{
    CARRIER_FORMATS, CERTIFICATION, CONTACT_ROLES, Came, CarrierDetails, CarrierRefusal,
    CarrierView, CaseStanding, CertificationCase, CertificationView, Contact, Departure, Enrolled,
    Infringement, InfringementRefusal, PushAsk, PushRefusal, PushRequestView, PushStanding,
    Registry, Sender,
};
pub use check_in::{Cleared, Unasked};
pub use compartment::Compartment;
pub use error::AppError;
pub use filter::Filtered;
pub use hold::HoldAsk;
pub use law::{LawHistory, LawRefusal, LawView};
pub use lists::{
    Activated, Counts, DocumentImport, Imported, ListChecked, ListImport, ListRefusal, ListTerms,
    ListView, Open, VersionView,
};
pub use matching::{MatchAsk, Matched};
pub use oversight::{
    ChainView, EventProof, ItemView, LogEvent, LogPage, LogQuery, MonthProof, Waiting,
};
pub use prepare::{Channel, FindingNote, Prepared, filler, message_key};
pub use quality::{
    ByFormat, ElementQuality, FLIGHTS, FindingCount, FlightQuality, FormatQuality, MOST_DAYS,
    PushCount, Quality, QualityRefusal, QualityStep,
};
pub use read::{CaseView, FlightView, HitView, ManifestView, QueueItem, TravellerView};
pub use receive::{MessageOutcome, Receipt, Status};
pub use reply::{can_be_answered, replies};
pub use rights::{Asker, Change, Erased, Found, FoundIn, KINDS, Reach, RightsAsk, Search};
pub use schedule::{
    ExpectedFlight, MOST_BYTES, OwedPush, Plan, PushesOwed, SchedulePut, ScheduleRefusal,
};
pub use screen::Rescreened;
pub use selection::{NewSelection, SelectionRefusal, SelectionState};
pub use statistics::{Cell, Figure, FigureRow, YearFigures, year_figures};
pub use sweep::Swept;
pub use unfit::Unfit;
pub use unmask::{OpenedView, UnmaskAsk, UnmaskLimits, UnmaskView, Wanted};
pub use writer::Pending;

use compartment::Recipients;
use jiff::Timestamp;
use lists::Loaded;
use oriel_keys::TokenKey;
use oriel_messages::Conventions;
use oriel_messages::reply::Agreements;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Actor, CheckMode, Grant, Profile, Purpose, authorize};
use oriel_screening::Weights;
use oriel_store::Store;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use writer::Writer;

/// Where the present comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What an [`App`] is opened with.
pub struct Setup {
    /// The store.
    pub store: Store,
    /// The recipients as configured; the first one is the unit itself. The profile of each counts
    /// on its first start, and after that the one that two persons have put in force in the store.
    pub compartments: Vec<Compartment>,
    /// With real passengers, or with invented ones.
    pub mode: CheckMode,
    /// Weights of the comparison, and the line above which something is a hit.
    pub weights: Weights,
    /// Where the present comes from.
    pub clock: Clock,
    /// Threads that screen.
    pub threads: usize,
}

/// One unit's system: store, law, lists.
pub struct App {
    core: Arc<Core>,
    writer: Writer,
}

/// What the edges and the writer share.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) mode: CheckMode,
    recipients: RwLock<Arc<Recipients>>,
    pub(crate) cuts: filter::Cuts,
    pub(crate) traffic: traffic::Traffic,
    pub(crate) schedules: schedule::Schedules,
    pub(crate) carriers: carriers::Carriers,
    pub(crate) at_hand: at_hand::AtHand,
    pub(crate) weights: Weights,
    pub(crate) clock: Clock,
    pub(crate) threads: usize,
    pub(crate) rooms: lists::Rooms,
    lists: RwLock<Arc<Loaded>>,
    /// Whose turn it is to put a version of a list in force.
    turn: Mutex<()>,
    /// What overseers are told of.
    pub(crate) desk: Mutex<oversight::Desk>,
    /// A sweep has run since the start.
    pub(crate) swept: AtomicBool,
    /// The key in a token that opens the vault, where the configuration names one.
    pub(crate) vault_token: OnceLock<TokenKey>,
    /// How messages are read where their formats leave it open, where the configuration says so.
    conventions: OnceLock<Conventions>,
    /// What was agreed with senders about answers, where the configuration says something.
    agreements: OnceLock<Agreements>,
}

impl App {
    /// Opens the system: loads the law and the lists in force and starts the writer.
    pub fn open(setup: Setup) -> Result<Self, AppError> {
        let Setup {
            store,
            compartments,
            mode,
            weights,
            clock,
            threads,
        } = setup;
        let now = clock();
        let recipients = store.write(|tx| law::begin(tx, &compartments, mode, now))?;
        let recipients = RwLock::new(Arc::new(recipients));
        let lists = store.read(|tx| Loaded::read(tx, &weights))?;
        let lists = RwLock::new(Arc::new(lists));
        let threads = threads.max(1);
        let core = Arc::new(Core {
            store,
            mode,
            recipients,
            cuts: filter::Cuts::default(),
            traffic: traffic::Traffic::default(),
            schedules: schedule::Schedules::default(),
            carriers: carriers::Carriers::default(),
            at_hand: at_hand::AtHand::default(),
            weights,
            clock,
            threads,
            // One more than search, for who asks by hand.
            rooms: lists::Rooms::new(threads + 1),
            lists,
            turn: Mutex::new(()),
            desk: Mutex::default(),
            swept: AtomicBool::new(false),
            vault_token: OnceLock::new(),
            conventions: OnceLock::new(),
            agreements: OnceLock::new(),
        });
        let writer = Writer::start(Arc::clone(&core));
        Ok(Self { core, writer })
    }

    /// Names the key in a token that opens the vault. Its PIN comes with each decision, in the place
    /// of a passphrase, and is kept nowhere. The first name counts.
    pub fn name_vault_token(&self, key: TokenKey) {
        self.core.vault_token.get_or_init(|| key);
    }

    /// Says how messages are read where their formats leave it open. The first word counts.
    pub fn read_by(&self, conventions: Conventions) {
        self.core.conventions.get_or_init(|| conventions);
    }

    /// Says who asks about travellers at check-in and is answered by verdicts. The first word counts.
    pub fn agree(&self, agreements: Agreements) {
        self.core.agreements.get_or_init(|| agreements);
    }

    /// The store, for figures and for the audit log.
    pub fn store(&self) -> &Store {
        &self.core.store
    }

    /// The law that the unit itself works under.
    pub fn profile(&self) -> Profile {
        self.core.recipients().list[0].profile.clone()
    }

    /// The recipients, each with the law in force; the default one first.
    pub fn compartments(&self) -> Vec<Compartment> {
        self.core.recipients().list.clone()
    }

    /// One of them.
    pub fn compartment(&self, name: &str) -> Result<Compartment, AppError> {
        self.core.compartment(name)
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.core.now()
    }

    /// Whether somebody would be given leave now: for what a page offers. It leaves no event.
    pub fn may(&self, actor: &Actor, act: Act) -> Result<bool, AppError> {
        let recipients = self.core.recipients_now()?;
        let profile = &recipients.of(actor.compartment())?.profile;
        Ok(authorize(profile, actor, act, None, self.now()).is_ok())
    }

    /// Gives or denies leave; a denial leaves an audit event.
    pub fn authorize(
        &self,
        actor: &Actor,
        act: Act,
        purpose: Option<&Purpose>,
    ) -> Result<Grant, AppError> {
        let recipients = self.core.recipients_now()?;
        let profile = &recipients.of(actor.compartment())?.profile;
        match authorize(profile, actor, act, purpose, self.now()) {
            Ok(grant) => Ok(grant),
            Err(denial) => {
                let event = Event::denied(&denial, "");
                self.core.store.write(|tx| tx.audit_append(&[event]))?;
                Err(AppError::Denied(denial))
            }
        }
    }
}

impl Core {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn lists(&self) -> Arc<Loaded> {
        Arc::clone(&self.lists.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_lists(&self, lists: Loaded) {
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lists);
    }
}
