//! Watchlists: proposed by one person, put in force by another, and taken back.

use crate::error::Error;
use crate::extract::{Asker, Person, fault};
use crate::hub::News;
use crate::show::instant;
use crate::state::State;
use crate::views::list as view;
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oriel_app::{Activated, App, Counts, DocumentImport, ListImport, ListView, VersionView};
use oriel_policy::{Act, Actor, ListKind};
use oriel_screening::lists::{Format, Mapping, SOURCES};
use oriel_store::{Account, ListVersionRow};
use std::borrow::Cow;

/// Identifiers of entries and rejects that an answer names at most; the numbers count all.
const NAMED: usize = 500;

/// Largest list, in bytes of JSON; longer ones come in at the console.
pub(crate) const BODY_LIMIT: usize = 128 << 20;

/// Watchlists that one may screen against, and their versions. No entries, so no purpose is needed.
#[utoipa::path(get, path = "/lists", tag = "lists", operation_id = "lists",
    responses(
        (status = 200, body = Vec<view::List>, description = "The lists"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Vec<view::List>>, Error> {
    let lists = state.run(move |app| {
        let grant = asker.leave(app, Act::ListRead)?;
        let shown = Shown::new(app, &asker.actor, asker.account.id)?;
        let lists = app.list_views(&grant)?;
        Ok(lists.iter().map(|list| shown.list(list)).collect())
    });
    lists.await.map(Json)
}

/// Look at what a file would come to. It changes nothing.
#[utoipa::path(post, path = "/lists/check", tag = "lists", operation_id = "list_check",
    request_body = view::NewList,
    responses(
        (status = 200, body = view::ListChecked, description = "Counts, differences, rejects"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No list of this format, or not one that may be brought in here"),
    ))]
pub(crate) async fn check(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<view::NewList>,
) -> Result<Json<view::ListChecked>, Error> {
    let checked = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::ListImport, None)?;
        app.list_may_be(&grant, &ask.id, kind(&ask)?)?;
        let bytes = file(&ask)?;
        let checked = match reading(&ask, &bytes)? {
            Reading::List(format) => app.list_check(&grant, &ask.id, &format, &bytes)?,
            Reading::Documents(mapping) => {
                app.document_list_check(&grant, &ask.id, &mapping, &|| Ok(Box::new(&*bytes)))?
            }
        };
        let named = |ids: &[oriel_model::Text]| -> Vec<String> {
            ids.iter().take(NAMED).map(ToString::to_string).collect()
        };
        Ok(view::ListChecked {
            counts: counts(&checked.counts),
            added: named(&checked.diff.added),
            removed: named(&checked.diff.removed),
            changed: checked
                .diff
                .changed
                .iter()
                .take(NAMED)
                .map(|change| view::ListChange {
                    entry: change.entry.to_string(),
                    fields: change.fields.iter().map(ToString::to_string).collect(),
                })
                .collect(),
            rejects: checked
                .rejects
                .iter()
                .take(NAMED)
                .map(|reject| view::ListReject {
                    row: reject.row,
                    column: reject.column.to_string(),
                    reason: reject.reason.to_string(),
                    whole_row: reject.whole_row,
                })
                .collect(),
        })
    });
    checked.await.map(Json)
}

/// Propose a version of a list, new or known. It waits until another person puts it in force.
#[utoipa::path(post, path = "/lists", tag = "lists", operation_id = "list_propose",
    request_body = view::NewList,
    responses(
        (status = 201, body = view::ListProposed, description = "Proposed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role, or signed in too long ago"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It would lose more than a fifth of its entries"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No list of this format, or not one that may be brought in here"),
    ))]
pub(crate) async fn propose(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<view::NewList>,
) -> Result<(StatusCode, Json<view::ListProposed>), Error> {
    let proposed = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::ListImport, None)?;
        app.fresh(&session)?;
        let kind = kind(&ask)?;
        app.list_may_be(&grant, &ask.id, kind)?;
        let bytes = file(&ask)?;
        let proposed = match reading(&ask, &bytes)? {
            Reading::List(format) => {
                let import = ListImport {
                    id: &ask.id,
                    kind,
                    name: &ask.name,
                    owner: &ask.owner,
                    legal_basis: &ask.legal_basis,
                    format: &format,
                    bytes: &bytes,
                    may_shrink: ask.may_shrink,
                };
                app.list_propose(&grant, &import)?
            }
            Reading::Documents(mapping) => {
                let import = DocumentImport {
                    id: &ask.id,
                    kind,
                    name: &ask.name,
                    owner: &ask.owner,
                    legal_basis: &ask.legal_basis,
                    mapping: &mapping,
                    open: &|| Ok(Box::new(&*bytes)),
                    may_shrink: ask.may_shrink,
                };
                app.document_list_propose(&grant, &import)?
            }
        };
        Ok(view::ListProposed {
            version: proposed.version,
            unchanged: proposed.unchanged,
            counts: counts(&proposed.counts),
        })
    });
    Ok((StatusCode::CREATED, Json(proposed.await?)))
}

/// Put a version in force that another person brought in. Journeys that have not ended are screened
/// again; meanwhile everything goes on.
#[utoipa::path(post, path = "/lists/{id}/versions/{version}/activation", tag = "lists", operation_id = "list_activate",
    request_body = view::ListActivation,
    params(("id" = String, Path, description = "List"), ("version" = String, Path, description = "Version")),
    responses(
        (status = 200, body = view::ListActivated, description = "In force from now on, on every node"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such list or version"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "In force already, or it would lose more than a fifth of the entries"),
    ))]
pub(crate) async fn activate(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path((id, version)): Path<(String, String)>,
    Json(ask): Json<view::ListActivation>,
) -> Result<Json<view::ListActivated>, Error> {
    let hub = state.hub.clone();
    let activated = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::ListApprove, None)?;
        app.fresh(&session)?;
        let id = name(&id)?;
        app.list_is_there(&grant, id)?;
        Ok(app.list_activate(&grant, id, &version, ask.may_shrink)?)
    });
    let activated = shown(&activated.await?);
    hub.tell(News::Queue);
    Ok(Json(activated))
}

/// Go back to the version that was brought in before the one in force.
#[utoipa::path(post, path = "/lists/{id}/rollback", tag = "lists", operation_id = "list_rollback",
    request_body = view::ListActivation,
    params(("id" = String, Path, description = "List")),
    responses(
        (status = 200, body = view::ListActivated, description = "In force from now on, on every node"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such list"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "There is none before, or it would lose more than a fifth of the entries"),
    ))]
pub(crate) async fn roll_back(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
    Json(ask): Json<view::ListActivation>,
) -> Result<Json<view::ListActivated>, Error> {
    let hub = state.hub.clone();
    let activated = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::ListApprove, None)?;
        app.fresh(&session)?;
        let id = name(&id)?;
        app.list_is_there(&grant, id)?;
        Ok(app.list_rollback(&grant, id, ask.may_shrink)?)
    });
    let activated = shown(&activated.await?);
    hub.tell(News::Queue);
    Ok(Json(activated))
}

/// The short name in an identifier.
fn name(id: &str) -> Result<&str, Error> {
    id.strip_prefix("lst_").ok_or_else(Error::not_found)
}

fn kind(ask: &view::NewList) -> Result<ListKind, Error> {
    let known: Vec<&str> = ListKind::ROWS.iter().map(|row| row.0).collect();
    ListKind::parse(&ask.kind)
        .ok_or_else(|| unread("/kind", format!("Kinds are {}.", known.join(", "))))
}

/// The bytes of the file.
fn file(ask: &view::NewList) -> Result<Cow<'_, [u8]>, Error> {
    match &ask.data {
        None => Ok(Cow::Borrowed(ask.text.as_bytes())),
        Some(data) => match STANDARD.decode(data) {
            Ok(bytes) => Ok(Cow::Owned(bytes)),
            Err(_) => Err(unread("/data", "The file stands in base64.".to_owned())),
        },
    }
}

/// How a file is to be read.
enum Reading {
    /// As a list of persons and of what is sought.
    List(Format),
    /// As a list of documents.
    Documents(Mapping),
}

fn reading(ask: &view::NewList, bytes: &[u8]) -> Result<Reading, Error> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mapping = match given(&ask.mapping) {
        Some(text) => {
            let mapping = Mapping::parse(&text);
            Some(mapping.map_err(|error| unread("/mapping", error.to_string()))?)
        }
        None => None,
    };
    let named = given(&ask.format);
    let format = match (mapping, named.as_deref()) {
        (mapping, Some(ListVersionRow::DOCUMENTS)) => {
            let mapping = mapping.unwrap_or_else(Mapping::plain);
            return Ok(Reading::Documents(mapping));
        }
        (Some(mapping), _) => Some(Format::mapped(mapping, bytes)),
        (None, Some(name)) => Format::of_name(name),
        (None, None) => Format::sniff(bytes),
    };
    format.map(Reading::List).ok_or_else(|| {
        let known: Vec<&str> = SOURCES.iter().map(|source| source.name).collect();
        let documents = ListVersionRow::DOCUMENTS;
        let known = known.join(", ");
        unread("/format", format!("Formats are {known}, and {documents}."))
    })
}

fn unread(pointer: &str, hint: String) -> Error {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Error::new(status, "list-unread", "This cannot be read as a list").fault(fault(
        pointer,
        "list-unread",
        "This does not say how the file is to be read".to_owned(),
        &hint,
    ))
}

fn shown(activated: &Activated) -> view::ListActivated {
    view::ListActivated {
        version: activated.version.clone(),
        entries: activated.entries as u64,
        added: activated.counts.added as u64,
        changed: activated.counts.changed as u64,
        removed: activated.counts.removed as u64,
    }
}

fn counts(of: &Counts) -> view::ListCounts {
    view::ListCounts {
        rows: of.rows as u64,
        rejected: of.rejected as u64,
        not_persons: of.not_persons as u64,
        joined: of.joined as u64,
        added: of.added as u64,
        changed: of.changed as u64,
        removed: of.removed as u64,
        unchanged: of.unchanged as u64,
    }
}

/// For whom lists are shown.
struct Shown {
    /// Account of who asks.
    me: String,
    /// Accounts of the same recipient: nobody else's people are named.
    people: Vec<Account>,
    may_approve: bool,
}

impl Shown {
    fn new(app: &App, actor: &Actor, me: String) -> Result<Self, Error> {
        let mut people = app.store().read(|tx| tx.account_list())?;
        people.retain(|account| account.compartment == actor.compartment());
        Ok(Self {
            me,
            people,
            may_approve: app.may(actor, Act::ListApprove)?,
        })
    }

    fn list(&self, view: &ListView) -> view::List {
        let list = &view.list;
        let in_force = view.in_force();
        view::List {
            id: format!("lst_{}", list.id),
            name: list.name.clone(),
            kind: list.kind.clone(),
            version: in_force.map(|version| version.row.version.clone()),
            imported_at: in_force.map(|version| instant(&version.row.imported_at)),
            entries: in_force.map_or(0, |version| version.row.entries.unsigned_abs()),
            rejects: in_force.map_or(0, |version| version.rejects as u64),
            owner: list.owner.clone(),
            legal_basis: list.legal_basis.clone(),
            offences: list
                .offences
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            entries_end: list.entries_end,
            fetched_at: list.fetched_at.as_ref().map(instant),
            fresh_hours: list.fresh_hours.map(i64::unsigned_abs),
            stale: view.stale,
            versions: view
                .versions
                .iter()
                .map(|v| self.version(view, v))
                .collect(),
            may_roll_back: self.may_approve && view.has_before(),
        }
    }

    fn version(&self, list: &ListView, version: &VersionView) -> view::ListVersion {
        let row = &version.row;
        let by = self
            .people
            .iter()
            .find(|account| account.id == row.imported_by);
        let in_force = row.version == list.list.active;
        view::ListVersion {
            version: row.version.clone(),
            imported_at: instant(&row.imported_at),
            imported_by: by.map(|account| account.login.clone()),
            format: row.format.clone(),
            source: Some(row.source.clone()).filter(|digest| !digest.is_empty()),
            entries: row.entries.unsigned_abs(),
            rejects: version.rejects as u64,
            counts: version.counts.as_ref().map(counts),
            in_force,
            may_activate: self.may_approve && !in_force && row.imported_by != self.me,
        }
    }
}
