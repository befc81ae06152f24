//! Errors of the edge: one text for the client, one for the log, under one trace id.
//!
//! Invariant: neither text holds personal data. The client's says what is wrong and what to do;
//! the log's names the cause.

use crate::extract::fault;
use crate::trace::TraceId;
use crate::views::problem::{Fault, PolicyRef, Problem};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oriel_app::AppError;
use oriel_casework::Refusal;
use oriel_policy::{Denial, DenialCode};
use oriel_store::StoreError;
use std::borrow::Cow;
use std::fmt;

/// Why a request was not done. Boxed, because it is large and rare.
#[derive(Clone, Debug)]
pub(crate) struct Error(Box<Said>);

#[derive(Clone, Debug)]
struct Said {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    policy: Option<PolicyRef>,
    current: Option<u64>,
    /// For the log only.
    cause: Option<String>,
}

impl Error {
    /// A problem of `code`, in the words of its title.
    pub(crate) fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Said {
            status,
            code,
            title,
            detail: Cow::Borrowed(""),
            faults: Vec::new(),
            policy: None,
            current: None,
            cause: None,
        }))
    }

    /// What it means here and what to do.
    pub(crate) fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// A place of the request that is at fault.
    pub(crate) fn fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    /// The clause that refuses.
    pub(crate) fn clause(mut self, profile: &oriel_policy::Profile, clause: &str) -> Self {
        self.0.policy = Some(PolicyRef {
            profile: profile.id().to_owned(),
            version: profile.version().to_owned(),
            clause: clause.to_owned(),
        });
        self
    }

    /// The version in force, when `If-Match` named another.
    pub(crate) fn current(mut self, version: u64) -> Self {
        self.0.current = Some(version);
        self
    }

    /// What the log says of it; never sent.
    pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// Nobody is signed in.
    pub(crate) fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "session-required",
            "Nobody is signed in",
        )
        .detail("The session has ended or was never begun. Sign in and try again.")
    }

    /// Nothing of that id, or nothing that the reader may know of.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here")
            .detail("The address names nothing that you may see. Ids are given by the lists; they cannot be made up.")
    }

    /// A file that is not the list it should be.
    fn list_unread(error: &dyn std::error::Error) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "list-unread",
            "This cannot be read as a list",
        )
        .detail(chain(error))
    }

    /// The server could not do its part.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server could not do this",
        )
        .detail("Nothing was changed. Try again; if it stays, give the trace id to whoever runs the server.")
        .cause(cause)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        // The body waits for its trace id, which only `finish` knows.
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns every failure into a problem with the request's trace id, and logs it.
///
/// Also what the framework answered by itself, such as 405 or 413, so that all errors look alike.
pub(crate) fn finish(response: Response, trace: &TraceId) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() || is_answer(&response) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let error = parts
        .extensions
        .remove::<Error>()
        .unwrap_or_else(|| Error::from_status(parts.status));
    let mut response = error.problem(trace);
    for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.remove(&name) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A body that a route means: the answer to a message that is not taken, or the page without a
/// workbench.
fn is_answer(response: &Response) -> bool {
    response.extensions().get::<Error>().is_none()
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| MEANT.iter().any(|meant| kind == meant))
}

/// What routes answer in beside problems.
const MEANT: &[&str] = &[
    "application/json",
    "application/edifact",
    "application/xml",
    "text/html; charset=utf-8",
];

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Error {
    fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "method", "This address does not do that")
                    .detail("The header Allow names the methods it has.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "too-large", "The body is too large")
                    .detail("Send fewer bytes: one transmission at a time, without padding.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::new(status, "media-type", "The body is not of the expected type")
                    .detail("Send JSON with Content-Type: application/json.")
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server took too long")
                    .detail("Nothing may have been changed. Read the object again before you repeat the request.")
            }
            status if status.is_server_error() => Self::internal(status),
            status => Self::new(status, "bad-request", "The request cannot be read")
                .detail("Compare it with /api/v1/openapi.json."),
        }
    }

    fn problem(self, trace: &TraceId) -> Response {
        let said = *self.0;
        let trace_id = trace.0.clone();
        if said.status.is_server_error() {
            tracing::error!(
                trace_id,
                code = said.code,
                cause = said.cause,
                "request failed"
            );
        } else {
            tracing::info!(
                trace_id,
                code = said.code,
                cause = said.cause,
                "request refused"
            );
        }
        let body = Problem {
            kind: format!("urn:oriel:problem:{}", said.code),
            title: said.title.to_owned(),
            status: said.status.as_u16(),
            code: said.code.to_owned(),
            detail: said.detail.into_owned(),
            trace_id,
            errors: said.faults,
            policy: said.policy,
            current: said.current,
        };
        let mut response = (said.status, axum::Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, PROBLEM_JSON);
        response
    }
}

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Store(error) => error.into(),
            AppError::Denied(denial) => denial.into(),
            AppError::Review(refusal) => refusal.into(),
            AppError::SignIn => Self::new(
                StatusCode::UNAUTHORIZED,
                "sign-in-refused",
                "This does not sign you in",
            )
            .detail("Account and password do not fit, or the link was used or has expired. Ask for a new link if you have no password."),
            AppError::Account(refusal) => refusal.into(),
            AppError::Unfit(unfit) => unfit.into(),
            AppError::NoteTooLong | AppError::NoteMissing => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "note",
                "The note cannot be taken like this",
            )
            .detail("Nothing was changed.")
            .fault(fault("/note", "note", error.to_string(), "Write 1 to 4000 characters.")),
            AppError::NoIdentifier => Self::new(
                StatusCode::BAD_REQUEST,
                "identifier",
                "The log is searched by identifiers",
            )
            .detail("Use letters, digits and _-.:/ as in usr_1 or case.read. The log holds no names."),
            AppError::NoEvent => Self::new(
                StatusCode::NOT_FOUND,
                "no-event",
                "The log has nothing like this",
            )
            .detail("The number is not in it, or its time was over and it has left the log."),
            AppError::Legal(refusal) => refusal.into(),
            AppError::Selection(refusal) => refusal.into(),
            AppError::ListVersion(refusal) => refusal.into(),
            AppError::ListShrank(shrunk) => Self::new(
                StatusCode::CONFLICT,
                "list-shrank",
                "The list would lose too many entries",
            )
            .detail(shrunk.to_string()),
            AppError::List(error) => Self::list_unread(&error),
            AppError::Documents(error) => Self::list_unread(&error),
            AppError::ListEmpty { .. } => Self::list_unread(&error),
            AppError::Schedule(refusal) => refusal.into(),
            AppError::Carrier(refusal) => refusal.into(),
            AppError::Push(refusal) => refusal.into(),
            AppError::Quality(refusal) => refusal.into(),
            AppError::Infringement(refusal) => refusal.into(),
            AppError::Closing => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "closing",
                "The server is shutting down",
            )
            .detail("Nothing was kept. Send it again when the server is back."),
            other => Self::internal(other),
        }
    }
}

impl From<oriel_app::Unfit> for Error {
    fn from(unfit: oriel_app::Unfit) -> Self {
        use oriel_app::Unfit as U;
        let (status, code, title, pointer) = match &unfit {
            U::Pair(_) => (403, "second-person", "Somebody else must do this", ""),
            U::Vault => (403, "vault-closed", "The vault stays closed", "/passphrase"),
            U::VaultNeeded => (
                422,
                "passphrase-required",
                "The vault is locked",
                "/passphrase",
            ),
            U::VaultToken => (409, "vault-token", "The vault is locked by a token", ""),
            U::VaultAway(_) => (
                409,
                "vault-away",
                "The vault's token cannot be used now",
                "",
            ),
            U::Decided => (409, "decided", "This was decided, or is over", ""),
            U::NoUrgentWay | U::OtherOffice(_) => {
                (409, "no-urgent-way", "There is no urgent way", "/verdict")
            }
            U::Linked => (
                409,
                "record-kept",
                "The law keeps this record",
                "/traveller",
            ),
            U::NoPurpose | U::NoCase => (422, "case-required", "This serves one case", ""),
            U::NoRecord | U::TooMany { .. } => {
                (422, "records", "Records are named one by one", "/records")
            }
            U::Element(_) => (422, "element", "No masked kind of data", "/elements"),
            U::Offence | U::UnknownOffence { .. } => (
                422,
                "offence",
                "The offence is named by its code",
                "/offence",
            ),
            U::Minutes { .. } => (422, "minutes", "The view is open for a time", "/minutes"),
            U::Date => (422, "date", "The date does not fit", "/ends_at"),
            U::Authority => (
                422,
                "authority",
                "An authority is an identifier",
                "/authority",
            ),
            U::Received => (422, "received", "The receipt does not fit", "/received_at"),
            U::NothingToFind => (422, "asker", "Nobody can be found by this", "/asker"),
            U::Field(_) => (422, "field", "This field cannot be corrected", "/field"),
            U::NotApart => (
                422,
                "not-apart",
                "Nobody can be told from a namesake",
                "/traveller",
            ),
            _ => (422, "unfit", "This cannot go on as asked", ""),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let error = Self::new(status, code, title).detail("Nothing was changed.");
        error.fault(fault(pointer, code, unfit.to_string(), ""))
    }
}

impl From<oriel_app::Refusal> for Error {
    fn from(refusal: oriel_app::Refusal) -> Self {
        use oriel_app::Refusal as R;
        let (status, code, title) = match refusal {
            R::CodeWanted => (401, "code-required", "A code is asked for too"),
            R::Code => (401, "code-refused", "The code does not fit"),
            R::NotFresh => (403, "fresh-required", "Prove again who you are"),
            R::Own | R::SamePerson => (403, "second-person", "Another administrator must do this"),
            R::Pair(_) | R::Kind => (409, "roles-apart", "These roles exclude each other"),
            R::LoginTaken => (409, "login-taken", "The login is taken"),
            R::KnownCertificate => (409, "certificate-known", "The certificate is known"),
            R::Known => (409, "factor-known", "This is known already"),
            R::NothingProposed => (409, "nothing-proposed", "Nothing waits for approval"),
            R::LastAdministrator => (409, "last-administrator", "This is the only administrator"),
            R::Ended => (409, "account-ended", "The account has ended"),
            R::Unknown => (404, "not-found", "There is nothing here"),
            _ => (
                422,
                "account-unfit",
                "The account cannot be made or changed like this",
            ),
        };
        let pointer = match refusal {
            R::Login | R::LoginTaken => "/login",
            R::Name => "/name",
            R::Password => "/password",
            R::Code | R::CodeWanted => "/code",
            R::Days => "/days",
            R::Fingerprint | R::KnownCertificate => "/fingerprint",
            R::Pair(_) | R::Kind => "/roles",
            _ => "",
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let text = refusal.to_string();
        let mut first = text.chars();
        let sentence = first
            .next()
            .map(|c| c.to_uppercase().chain(first).collect::<String>() + ". Nothing was changed.");
        let error = Self::new(status, code, title).detail(sentence.unwrap_or_default());
        match pointer {
            "" => error,
            _ => error.fault(fault(pointer, code, text, "")),
        }
    }
}

impl From<oriel_app::ListRefusal> for Error {
    fn from(refusal: oriel_app::ListRefusal) -> Self {
        use oriel_app::ListRefusal as R;
        let (status, code, title) = match refusal {
            R::NoVersion { .. } | R::NoList { .. } => return Self::not_found(),
            R::Pair(_) => (
                StatusCode::FORBIDDEN,
                "second-person",
                "Another person must do this",
            ),
            R::InForce { .. } | R::NoneBefore { .. } => (
                StatusCode::CONFLICT,
                "list-conflict",
                "The list is not in that state",
            ),
            _ => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "list-unfit",
                "This list cannot be brought in here",
            ),
        };
        Self::new(status, code, title).detail(refusal.to_string())
    }
}

impl From<oriel_app::SelectionRefusal> for Error {
    fn from(refusal: oriel_app::SelectionRefusal) -> Self {
        use oriel_app::SelectionRefusal as R;
        let (status, code, title) = match refusal {
            R::Pair(_) => (
                StatusCode::FORBIDDEN,
                "second-person",
                "Another person must do this",
            ),
            R::NotWaiting | R::Ended => (
                StatusCode::CONFLICT,
                "selection-conflict",
                "The entry is not in that state",
            ),
            _ => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "selection-unfit",
                "This is no entry of the register",
            ),
        };
        Self::new(status, code, title).detail(refusal.to_string())
    }
}

impl From<oriel_app::PushRefusal> for Error {
    fn from(refusal: oriel_app::PushRefusal) -> Self {
        use oriel_app::PushRefusal as R;
        let (status, code, title) = match refusal {
            R::Pair(_) => (403, "second-person", "Another person must do this"),
            R::NoLaw(_) => (409, "push-no-law", "The law knows no such request"),
            R::NoCarrier(_) | R::NoBookings(_) => (409, "push-carrier", "Nobody can be asked"),
            R::Decided => (409, "decided", "This was decided, or is over"),
            _ => (422, "push-unfit", "This cannot be asked for"),
        };
        let pointer = match refusal {
            R::Flight(_) => "/flight",
            R::Place(_) => "/from",
            R::Threat { .. } | R::Code => "/threat",
            R::Reason => "/reason",
            R::Answer => "/answer",
            R::Period { .. } => "/ends_at",
            _ => "",
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let text = refusal.to_string();
        let error = Self::new(status, code, title).detail(text.clone());
        match pointer {
            "" => error,
            _ => error.fault(fault(pointer, code, text, "")),
        }
    }
}

impl From<oriel_app::ScheduleRefusal> for Error {
    fn from(refusal: oriel_app::ScheduleRefusal) -> Self {
        use oriel_app::ScheduleRefusal as R;
        let (status, title) = match refusal {
            R::Ended => (StatusCode::CONFLICT, "The schedule has ended"),
            R::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The file is too large"),
            _ => (StatusCode::UNPROCESSABLE_ENTITY, "This is no schedule"),
        };
        Self::new(status, "schedule", title).detail(refusal.to_string())
    }
}

impl From<oriel_app::InfringementRefusal> for Error {
    fn from(refusal: oriel_app::InfringementRefusal) -> Self {
        use oriel_app::InfringementRefusal as R;
        let (status, title) = match refusal {
            R::Gone => (StatusCode::GONE, "The record of this flight is gone"),
            _ => (StatusCode::NOT_FOUND, "There is no such flight"),
        };
        Self::new(status, "infringement", title).detail(refusal.to_string())
    }
}

impl From<oriel_app::QualityRefusal> for Error {
    fn from(refusal: oriel_app::QualityRefusal) -> Self {
        let title = "There are no figures of these days";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "range", title).detail(refusal.to_string())
    }
}

impl From<oriel_app::CarrierRefusal> for Error {
    fn from(refusal: oriel_app::CarrierRefusal) -> Self {
        use oriel_app::CarrierRefusal as R;
        let (status, title) = match refusal {
            R::Known(_)
            | R::Taken(_)
            | R::TakenDesignator(_)
            | R::Ended
            | R::SameStatus
            | R::NotCertified => (StatusCode::CONFLICT, "The carrier is not in that state"),
            _ => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "This cannot be said of a carrier",
            ),
        };
        Self::new(status, "carrier", title).detail(refusal.to_string())
    }
}

impl From<oriel_app::LawRefusal> for Error {
    fn from(refusal: oriel_app::LawRefusal) -> Self {
        use oriel_app::LawRefusal as R;
        if let R::NotProposed(_) = refusal {
            return Self::not_found();
        }
        let (status, code, title) = match refusal {
            R::Unfit(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "profile-unfit",
                "This is no legal profile that may be used here",
            ),
            R::Pair(_) => (
                StatusCode::FORBIDDEN,
                "second-person",
                "Another person must do this",
            ),
            _ => (
                StatusCode::CONFLICT,
                "profile-conflict",
                "The legal profile is not in that state",
            ),
        };
        Self::new(status, code, title).detail(refusal.to_string())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::not_found(),
            StoreError::Stale { current } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "changed",
                "Somebody changed this in the meantime",
            )
            .detail("Nothing was changed. Look at the newest version, then try again.")
            .current(current.unsigned_abs()),
            StoreError::OtherProfile { .. } => Self::new(
                StatusCode::CONFLICT,
                "profile-conflict",
                "The legal profile is not in that state",
            )
            .detail(error.to_string()),
            StoreError::Closed => Self::new(
                StatusCode::FORBIDDEN,
                "view-closed",
                "This view of masked values is not open",
            )
            .detail("It was not approved, or its time has ended. Ask again if the need goes on."),
            StoreError::NotMasked => Self::new(
                StatusCode::CONFLICT,
                "not-masked",
                "This record is not masked",
            )
            .detail("It can be read openly, or is there no more. Nothing was changed."),
            StoreError::DiskFull => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk-full",
                "The disk that holds the store is full",
            )
            .detail("Nothing was changed. Whoever runs the server must free space.")
            .cause(StoreError::DiskFull),
            StoreError::Locked | StoreError::Cut | StoreError::Unreachable { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store-unavailable",
                "The store cannot be used at this moment",
            )
            .detail("Nothing was changed. Try again in a moment.")
            .cause(error),
            StoreError::Unknown => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "outcome-unknown",
                "The connection to the store was lost while it saved",
            )
            .detail("Look whether it was saved. A message may be sent again: it is kept once.")
            .cause(error),
            other => Self::internal(chain(&other)),
        }
    }
}

/// An error and what caused it, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        let title = match denial.code {
            DenialCode::RoleMissing => "Your roles do not include this",
            DenialCode::PurposeRequired => "Reading passenger data needs a purpose",
            DenialCode::PurposeNotYours => "Your roles do not have this purpose",
            DenialCode::PurposeUnfit => "The purpose does not fit what was asked for",
            DenialCode::PurposeNotLawful => "The legal profile knows no such purpose",
        };
        Self::new(StatusCode::FORBIDDEN, denial.code.name(), title).detail(denial.to_string())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        let unfit = |pointer, code, hint| {
            Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "decision-incomplete",
                "The decision cannot be signed like this",
            )
            .detail("Nothing was signed.")
            .fault(fault(pointer, code, text.clone(), hint))
        };
        let conflict = |code, title, detail: &'static str| {
            Self::new(StatusCode::CONFLICT, code, title).detail(detail)
        };
        match refusal {
            Refusal::ReasonMissing => unfit("/reasons", "reason-missing", "Give at least one."),
            Refusal::ReasonUnknown(_) => unfit(
                "/reasons",
                "reason-unknown",
                "GET /reasons lists those of each verdict.",
            ),
            Refusal::NoteMissing(_) => unfit("/note", "note-missing", "Say more in the note."),
            Refusal::NoteTooLong => unfit("/note", "note-long", "Shorten the note."),
            Refusal::AlreadyDecided => conflict(
                "already-decided",
                "This hit has been decided",
                "Read the case again to see by whom and how.",
            ),
            Refusal::ClaimedByOther => conflict(
                "claimed-by-other",
                "Somebody else works on this case",
                "They can release it; then it can be taken.",
            ),
            Refusal::SamePerson => Self::new(
                StatusCode::FORBIDDEN,
                "second-person",
                "The second check must be made by another person",
            )
            .detail("You signed the first decision. Nothing was changed."),
            other => Self::internal(other),
        }
    }
}
