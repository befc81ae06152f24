//! Carriers: who sends. An officer enrols and changes; a carrier's machine sees its own.

use super::profiles::instant_of;
use super::schedules::colleagues;
use crate::error::Error;
use crate::extract::{Asker, IfMatch, Person, fault, id};
use crate::show::{self, instant};
use crate::state::State;
use crate::views::carrier as view;
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use jiff::Timestamp;
use oriel_app::{App, CarrierDetails, CertificationView, Contact};
use oriel_policy::{Act, Actor, Grant};
use oriel_store::{CarrierRow, CarrierStatus, ChannelKind, ChannelRow, NoticeRow, OutageRow};

/// Every carrier, by short name.
#[utoipa::path(get, path = "/carriers", tag = "carriers", operation_id = "carriers",
    responses(
        (status = 200, body = view::Carriers, description = "The carriers"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<view::Carriers>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::CarrierRead)?;
        let shown = Shown::new(app, &asker.actor, &grant)?;
        let views = app.carriers(&grant)?;
        Ok(view::Carriers {
            carriers: views
                .iter()
                .map(|view| shown.carrier(&view.row, &view.channels))
                .collect(),
            outages: app.outages(&grant)?.iter().map(outage).collect(),
            may_put: app.may(&asker.actor, Act::CarrierPut)?,
        })
    });
    listed.await.map(Json)
}

/// Enrol a carrier. Its messages are decoded and answered, and nothing of them is kept, until it
/// goes live.
#[utoipa::path(post, path = "/carriers", tag = "carriers", operation_id = "carrier_enrol",
    request_body = view::NewCarrier,
    responses(
        (status = 201, body = view::Carrier, description = "Enrolled, in test"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The short name or a designator is another carrier's"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "This cannot be said of a carrier"),
    ))]
pub(crate) async fn enrol(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(new): Json<view::NewCarrier>,
) -> Result<(StatusCode, Json<view::Carrier>), Error> {
    let enrolled = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::CarrierPut, None)?;
        let row = app.carrier_enrol(&grant, &new.id, &details(new.details))?;
        Ok(Shown::new(app, &session.actor, &grant)?.carrier(&row, &[]))
    });
    Ok((StatusCode::CREATED, Json(enrolled.await?)))
}

/// One carrier, with its channels, versions and certifications.
#[utoipa::path(get, path = "/carriers/{id}", tag = "carriers", operation_id = "carrier",
    params(("id" = String, Path, description = "Carrier")),
    responses(
        (status = 200, body = view::CarrierPage, description = "The carrier"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(carrier): Path<String>,
) -> Result<Json<view::CarrierPage>, Error> {
    let page = state.run(move |app| {
        let grant = asker.leave(app, Act::CarrierRead)?;
        let shown = Shown::new(app, &asker.actor, &grant)?;
        let known = app.carrier(&grant, &carrier)?;
        let history = app.carrier_history(&grant, &carrier)?;
        let runs = app.certifications(&grant, &carrier)?;
        Ok(view::CarrierPage {
            carrier: shown.carrier(&known.row, &known.channels),
            channels: known
                .channels
                .iter()
                .map(|row| shown.channel(row))
                .collect(),
            history: history.iter().map(|row| shown.carrier(row, &[])).collect(),
            certifications: runs.iter().map(certification).collect(),
            notices: app.notices(&grant, &carrier)?.iter().map(notice).collect(),
            changes: Vec::new(),
            may_put: app.may(&asker.actor, Act::CarrierPut)?,
            may_call: app.may(&asker.actor, Act::CarrierCall)?,
            may_judge: app.may(&asker.actor, Act::QualityRead)?,
            may_prove: app.may(&asker.actor, Act::InfringementExport)?,
        })
    });
    page.await.map(Json)
}

/// As a carrier's machine: what is known of it, and how its certification stands.
#[utoipa::path(get, path = "/carrier", tag = "carriers", operation_id = "carrier_own",
    params(("Authorization" = String, Header, description = "`Bearer <key of the carrier's machine>`")),
    responses(
        (status = 200, body = view::CarrierPage, description = "The carrier"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No key, or one that has ended"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not a carrier's account"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "This account is given to no carrier"),
    ))]
pub(crate) async fn own(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<view::CarrierPage>, Error> {
    let page = state.run(move |app| {
        let grant = asker.leave(app, Act::CarrierOwn)?;
        let shown = Shown::new(app, &asker.actor, &grant)?;
        let registry = app.registry();
        let login = &asker.account.login;
        let known = registry.known_by(ChannelKind::Account, login, app.now());
        let (known, _) = known.ok_or_else(Error::not_found)?;
        let runs = app.certifications(&grant, &known.row.handle)?;
        // Who decided, and why, is the office's own.
        let carrier = view::Carrier {
            reason: String::new(),
            put_by: None,
            ..shown.carrier(&known.row, &known.channels)
        };
        Ok(view::CarrierPage {
            carrier,
            channels: known
                .channels
                .iter()
                .map(|row| shown.channel(row))
                .collect(),
            history: Vec::new(),
            certifications: runs.iter().map(certification).collect(),
            notices: app
                .notices_waiting(&known.row.handle)?
                .iter()
                .map(notice)
                .collect(),
            changes: app
                .unasked_waiting(&known.row.handle)?
                .into_iter()
                .map(|change| view::Changed {
                    number: change.number,
                    message: String::from_utf8_lossy(&change.message).into_owned(),
                })
                .collect(),
            may_put: false,
            may_call: false,
            may_judge: false,
            may_prove: false,
        })
    });
    page.await.map(Json)
}

/// As a carrier's machine: say which notices and changed answers were read; they do not wait any
/// more.
#[utoipa::path(post, path = "/carrier/notices", tag = "carriers", operation_id = "carrier_notices_seen",
    params(("Authorization" = String, Header, description = "`Bearer <key of the carrier's machine>`")),
    request_body = view::NoticesSeen,
    responses(
        (status = 204, description = "Noted; what does not wait for this carrier is left alone"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No key, or one that has ended"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not a carrier's account"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "This account is given to no carrier"),
    ))]
pub(crate) async fn seen(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Json(read): Json<view::NoticesSeen>,
) -> Result<StatusCode, Error> {
    let noted = state.run(move |app| {
        asker.leave(app, Act::CarrierOwn)?;
        let registry = app.registry();
        let login = &asker.account.login;
        let known = registry.known_by(ChannelKind::Account, login, app.now());
        let (known, _) = known.ok_or_else(Error::not_found)?;
        for change in app.unasked_waiting(&known.row.handle)? {
            if read.seen.contains(&change.number) {
                app.unasked_delivered(&change)?;
            }
        }
        for notice in app.notices_waiting(&known.row.handle)? {
            if read.seen.contains(&notice.id.display("ntc")) {
                app.notice_delivered(notice.id, &format!("https {login}"))?;
            }
        }
        Ok(())
    });
    noted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change what is known of a carrier: everything is said anew, but for whom to call.
#[utoipa::path(put, path = "/carriers/{id}", tag = "carriers", operation_id = "carrier_change",
    params(("id" = String, Path, description = "Carrier"), ("If-Match" = String, Header, description = "The version that was seen, in quotes")),
    request_body = view::CarrierDetails,
    responses(
        (status = 200, body = view::Carrier, description = "The carrier now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "A designator is another carrier's"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Somebody else was faster"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "This cannot be said of a carrier"),
    ))]
pub(crate) async fn change(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(carrier): Path<String>,
    IfMatch(version): IfMatch,
    Json(new): Json<view::CarrierDetails>,
) -> Result<Json<view::Carrier>, Error> {
    let changed = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::CarrierPut, None)?;
        let row = app.carrier_change(&grant, &carrier, version, &details(new))?;
        Ok(Shown::new(app, &session.actor, &grant)?.carrier(&row, &[]))
    });
    changed.await.map(Json)
}

/// Let a carrier go live, put it back to test, or end it.
#[utoipa::path(put, path = "/carriers/{id}/status", tag = "carriers", operation_id = "carrier_status",
    params(("id" = String, Path, description = "Carrier"), ("If-Match" = String, Header, description = "The version that was seen, in quotes")),
    request_body = view::CarrierStatus,
    responses(
        (status = 200, body = view::Carrier, description = "The carrier now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not certified, and no reason; or it has this status"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Somebody else was faster"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No such status"),
    ))]
pub(crate) async fn set_status(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(carrier): Path<String>,
    IfMatch(version): IfMatch,
    Json(new): Json<view::CarrierStatus>,
) -> Result<Json<view::Carrier>, Error> {
    let changed = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::CarrierPut, None)?;
        let status = CarrierStatus::named(&new.status);
        let status = status.ok_or_else(|| unknown("/status", "test, live or ended"))?;
        let row = app.carrier_status(&grant, &carrier, version, status, &new.reason)?;
        Ok(Shown::new(app, &session.actor, &grant)?.carrier(&row, &[]))
    });
    changed.await.map(Json)
}

/// Whom to call at a carrier.
#[utoipa::path(get, path = "/carriers/{id}/contacts", tag = "carriers", operation_id = "carrier_contacts",
    params(("id" = String, Path, description = "Carrier")),
    responses(
        (status = 200, body = Vec<view::CarrierContact>, description = "The contacts"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn contacts(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(carrier): Path<String>,
) -> Result<Json<Vec<view::CarrierContact>>, Error> {
    let contacts = state.run(move |app| {
        let grant = asker.leave(app, Act::CarrierCall)?;
        let contacts = app.carrier_contacts(&grant, &carrier)?.into_iter();
        let shown = contacts.map(|contact| view::CarrierContact {
            role: contact.role,
            name: contact.name,
            mail: contact.mail,
            phone: contact.phone,
        });
        Ok(shown.collect())
    });
    contacts.await.map(Json)
}

/// Give a carrier something by which it is known; what it has stays valid.
#[utoipa::path(post, path = "/carriers/{id}/channels", tag = "carriers", operation_id = "channel_add",
    params(("id" = String, Path, description = "Carrier")),
    request_body = view::NewChannel,
    responses(
        (status = 201, body = view::Channel, description = "Added"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "An instant cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It belongs to a carrier already"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "It cannot be used"),
    ))]
pub(crate) async fn add_channel(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(carrier): Path<String>,
    Json(new): Json<view::NewChannel>,
) -> Result<(StatusCode, Json<view::Channel>), Error> {
    let added = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::CarrierPut, None)?;
        let kind = ChannelKind::named(&new.kind);
        let kind = kind.ok_or_else(|| unknown("/kind", "one of those that the API names"))?;
        let span = (
            instant_or(new.starts_at.as_deref(), "/starts_at")?,
            instant_or(new.ends_at.as_deref(), "/ends_at")?,
        );
        let row = app.channel_add(&grant, &carrier, kind, &new.value, span)?;
        Ok(Shown::new(app, &session.actor, &grant)?.channel(&row))
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// Say when a channel ends.
#[utoipa::path(put, path = "/carriers/{id}/channels/{channel}/end", tag = "carriers", operation_id = "channel_end",
    params(("id" = String, Path, description = "Carrier"), ("channel" = String, Path, description = "Channel")),
    request_body = view::ChannelEnd,
    responses(
        (status = 204, description = "It ends then"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "An instant cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such channel"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It has ended"),
    ))]
pub(crate) async fn end_channel(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path((carrier, channel)): Path<(String, String)>,
    Json(end): Json<view::ChannelEnd>,
) -> Result<StatusCode, Error> {
    let ended = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::CarrierPut, None)?;
        let at = instant_or(end.at.as_deref(), "/at")?;
        Ok(app.channel_end(&grant, &carrier, id(&channel, "chn")?, at)?)
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Open a run of the certification; what the carrier sends to the sandbox counts from then on.
#[utoipa::path(post, path = "/carriers/{id}/certification", tag = "carriers", operation_id = "carrier_certify",
    params(("id" = String, Path, description = "Carrier")),
    responses(
        (status = 201, body = view::Certification, description = "It is open"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier"),
    ))]
pub(crate) async fn certify(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(carrier): Path<String>,
) -> Result<(StatusCode, Json<view::Certification>), Error> {
    let opened = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::CarrierPut, None)?;
        Ok(certification(&app.certification_open(&grant, &carrier)?))
    });
    Ok((StatusCode::CREATED, Json(opened.await?)))
}

fn instant_or(text: Option<&str>, name: &str) -> Result<Option<Timestamp>, Error> {
    text.map(|text| instant_of(text, name)).transpose()
}

fn unknown(pointer: &str, there_is: &str) -> Error {
    let title = "This cannot be said of a carrier";
    let message = format!("it is {there_is}");
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, "carrier", title)
        .fault(fault(pointer, "carrier", message, ""))
}

fn details(new: view::CarrierDetails) -> CarrierDetails {
    let contact = |contact: view::CarrierContact| Contact {
        role: contact.role,
        name: contact.name,
        mail: contact.mail,
        phone: contact.phone,
    };
    let contacts = new.contacts;
    CarrierDetails {
        name: new.name,
        operates: new.operates,
        markets: new.markets,
        senders: new.senders,
        for_others: new.for_others,
        formats: new.formats,
        languages: new.languages,
        contacts: contacts.map(|contacts| contacts.into_iter().map(contact).collect()),
    }
}

/// What it takes to show a carrier.
struct Shown<L> {
    login: L,
    now: Timestamp,
    /// Until when what ends is warned of.
    warned: Timestamp,
}

impl Shown<()> {
    fn new(
        app: &App,
        actor: &Actor,
        grant: &Grant,
    ) -> Result<Shown<impl Fn(&str) -> Option<String> + use<>>, Error> {
        let now = app.now();
        Ok(Shown {
            login: colleagues(app, actor)?,
            now,
            warned: grant.profile().carriers().warn_before.value.after(now),
        })
    }
}

impl<L: Fn(&str) -> Option<String>> Shown<L> {
    fn carrier(&self, row: &CarrierRow, channels: &[ChannelRow]) -> view::Carrier {
        let ends = |row: &&ChannelRow| {
            row.holds(self.now) && row.ends_at.is_some_and(|ends| ends <= self.warned)
        };
        view::Carrier {
            id: row.handle.clone(),
            version: row.version,
            name: row.name.clone(),
            operates: row.operates.clone(),
            markets: row.markets.clone(),
            senders: row.senders.clone(),
            for_others: row.for_others,
            formats: row.formats.clone(),
            languages: row.languages.clone(),
            status: row.status.name().to_owned(),
            reason: row.reason.clone(),
            put_by: (self.login)(&row.put.by),
            put_at: instant(&row.put.at),
            ending: channels.iter().filter(ends).count() as u32,
        }
    }

    fn channel(&self, row: &ChannelRow) -> view::Channel {
        view::Channel {
            id: row.id.display("chn"),
            kind: row.kind.name().to_owned(),
            value: row.value.clone(),
            starts_at: instant(&row.starts_at),
            ends_at: row.ends_at.as_ref().map(instant),
            holds: row.holds(self.now),
        }
    }
}

fn outage(row: &OutageRow) -> view::Outage {
    view::Outage {
        from: instant(&row.started_at),
        to: instant(&row.ended_at),
        kind: row.kind.clone(),
    }
}

fn notice(row: &NoticeRow) -> view::Notice {
    let at = |at: &Option<Timestamp>| at.as_ref().map(instant);
    view::Notice {
        id: row.id.display("ntc"),
        kind: row.kind.clone(),
        step: row.step.clone(),
        flight: row.flight.clone(),
        departs_at: at(&row.departs_at),
        push: row.push.clone(),
        due_at: at(&row.due_at),
        clause: row.clause.clone(),
        language: row.language.clone(),
        text: row.words.clone(),
        made_at: instant(&row.made_at),
        delivered_at: at(&row.delivered_at),
        way: row.way.clone(),
        stopped_at: at(&row.stopped_at),
        message: row.message.clone(),
    }
}

fn certification(run: &CertificationView) -> view::Certification {
    let cases = run.cases.iter().map(|standing| {
        let met = standing.met.as_ref();
        view::CertificationCase {
            name: standing.case.name.to_owned(),
            send: standing.case.says.to_owned(),
            state: met
                .map_or("waits", |met| if met.passed { "passed" } else { "failed" })
                .to_owned(),
            digest: met.map(|met| met.digest.map(|byte| format!("{byte:02x}")).concat()),
            received_at: met.map(|met| instant(&met.received_at)),
            findings: standing.findings.iter().map(show::finding).collect(),
        }
    });
    view::Certification {
        id: run.run.id.display("crt"),
        formats: run.run.formats.clone(),
        opened_at: instant(&run.run.opened.at),
        passed_at: run.run.passed_at.as_ref().map(instant),
        cases: cases.collect(),
    }
}
