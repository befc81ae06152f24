//! Writes replies.

use super::structure;
use super::*;
use oriel_edifact::{Charset, Segment, ServiceString, Tokens, Writer};

/// Why a reply cannot be written: its parts do not fit the table of its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} has no place for segment {segment}")]
pub struct CannotWrite {
    /// Message type.
    pub kind: &'static str,
    /// The first segment without a place, UNH being 1.
    pub segment: u32,
}

/// The most components of FTX, and the most characters of each (D.05B: C108).
const TEXT_COMPONENTS: usize = 5;
pub(super) const TEXT_LENGTH: usize = 512;

/// Writes a reply: one interchange with one message, or one XML document.
pub fn write(reply: &Reply, codes: &Codes) -> Result<Vec<u8>, CannotWrite> {
    let (kind, syntax) = match &reply.answer {
        Answer::PushXml(receipt) => return Ok(super::xml::write(reply, receipt)),
        Answer::Syntax(_) => ("CONTRL", ["UNOA", "3"]),
        Answer::Push(_) => ("ACKRES", ["IATA", "1"]),
        Answer::Request(_) => ("GOVREQ", ["IATA", "1"]),
        Answer::Verdicts(_) => ("CUSRES", ["UNOA", "4"]),
    };
    let mut body = Writer::new(ServiceString::LEVEL_A);
    header(&mut body, reply, kind);
    match &reply.answer {
        Answer::Syntax(report) => syntax_report(&mut body, report),
        Answer::Push(receipt) => {
            let outcome = codes.outcome(receipt.outcome);
            body.segment("MSG", &[&["", &codes.acknowledgement], &[outcome]]);
            receipt
                .errors
                .iter()
                .for_each(|code| body.segment("ERC", &[&[code]]));
        }
        Answer::Verdicts(verdicts) => self::verdicts(&mut body, verdicts),
        Answer::Request(request) => self::request(&mut body, request, codes),
        Answer::PushXml(_) => {}
    }
    let count = (body.take_count() + 1).to_string();
    body.segment("UNT", &[&[&count], &[&reply.reference]]);
    let body = body.finish();
    check(kind, &body)?;
    // What the repertoire cannot hold is declared as what it is.
    let syntax = match body.is_ascii() {
        true => syntax,
        false => ["UNOY", "4"],
    };
    let mut out = Writer::new(ServiceString::LEVEL_A);
    let year = if syntax[1] == "4" { "%Y%m%d" } else { "%y%m%d" };
    let (date, time) = (reply.sent.strftime(year), reply.sent.strftime("%H%M"));
    out.segment(
        "UNB",
        &[
            &syntax,
            &[&reply.sender],
            &[&reply.recipient],
            &[&date.to_string(), &time.to_string()],
            &[&reply.interchange],
        ],
    );
    let mut out = out.finish();
    out.extend_from_slice(&body);
    let mut trailer = Writer::new(ServiceString::LEVEL_A);
    trailer.segment("UNZ", &[&["1"], &[&reply.interchange]]);
    out.extend_from_slice(&trailer.finish());
    Ok(out)
}

/// Whether what was written fits the table that reading uses.
fn check(kind: &'static str, body: &[u8]) -> Result<(), CannotWrite> {
    let mut tokens = Tokens::new(body, 0, ServiceString::LEVEL_A, Charset::Utf8);
    let mut segment = Segment::default();
    let mut tags = Vec::new();
    while let Ok(true) = tokens.next_into(&mut segment) {
        tags.push(segment.tag().try_into().unwrap_or(*b"   "));
    }
    let table = structure::table(kind).unwrap_or(&[]);
    structure::fits(table, &tags).map_err(|segment| CannotWrite { kind, segment })
}

fn header(out: &mut Writer, reply: &Reply, kind: &str) {
    let agency = match kind {
        "ACKRES" | "GOVREQ" => "IA",
        _ => "UN",
    };
    let association = if kind == "CUSRES" { "IATA" } else { "" };
    let (version, release) = reply
        .version
        .split_once(':')
        .unwrap_or((&reply.version, ""));
    let identifier = [kind, version, release, agency, association];
    let access = reply.access.as_deref().unwrap_or_default();
    out.segment("UNH", &[&[&reply.reference], &identifier, &[access]]);
}

fn syntax_report(out: &mut Writer, report: &SyntaxReport) {
    let parties = [&report.interchange, &report.sender, &report.recipient];
    response(out, "UCI", parties, report.action, report.fault.as_ref());
    message_reports(out, &report.messages);
    for group in &report.groups {
        let parties = [&group.reference, &group.sender, &group.recipient];
        response(out, "UCF", parties, group.action, group.fault.as_ref());
        message_reports(out, &group.messages);
    }
}

/// UCI or UCF.
fn response(
    out: &mut Writer,
    tag: &str,
    [reference, sender, recipient]: [&Text; 3],
    action: Action,
    fault: Option<&ServiceFault>,
) {
    let fault = Fault::of(fault);
    out.segment(
        tag,
        &[
            &[reference],
            &[sender],
            &[recipient],
            &[action.code()],
            &[&fault.code],
            &[&fault.segment],
            &[&fault.at.0, &fault.at.1],
        ],
    );
}

fn message_reports(out: &mut Writer, reports: &[MessageReport]) {
    for message in reports {
        let identifier: Vec<&str> = message.identifier.iter().map(Text::as_str).collect();
        let fault = Fault::of(message.fault.as_ref());
        out.segment(
            "UCM",
            &[
                &[&message.reference],
                &identifier,
                &[message.action.code()],
                &[&fault.code],
                &[&fault.segment],
                &[&fault.at.0, &fault.at.1],
            ],
        );
        for segment in &message.segments {
            let code = segment.code.map_or(String::new(), |code| code.to_string());
            out.segment("UCS", &[&[&segment.segment.to_string()], &[&code]]);
            for (code, element, component) in &segment.elements {
                let (element, component) = place(*element, *component);
                out.segment("UCD", &[&[&code.to_string()], &[&element, &component]]);
            }
        }
    }
}

/// The fields of a fault as they are written.
#[derive(Default)]
struct Fault {
    code: String,
    segment: Text,
    at: (String, String),
}

impl Fault {
    fn of(fault: Option<&ServiceFault>) -> Self {
        let Some(fault) = fault else {
            return Self::default();
        };
        Self {
            code: fault.code.to_string(),
            segment: fault.segment.clone().unwrap_or_default(),
            at: fault.at.map_or(Default::default(), |(element, component)| {
                place(element, component)
            }),
        }
    }
}

fn place(element: u16, component: Option<u16>) -> (String, String) {
    let component = component.map_or(String::new(), |component| component.to_string());
    (element.to_string(), component)
}

fn verdicts(out: &mut Writer, verdicts: &Verdicts) {
    out.segment("BGM", &[&[verdicts.kind.code()]]);
    if let Some((reference, revision)) = &verdicts.transaction {
        let revision = revision.map_or(String::new(), |revision| revision.to_string());
        out.segment("RFF", &[&["TN", reference, "", "", &revision]]);
    }
    for sector in &verdicts.flights {
        let name = name(sector);
        out.segment("RFF", &[&["AF", &name]]);
        for (qualifier, at) in [("189", sector.departs), ("232", sector.arrives)] {
            if let Some(at) = at {
                let at = at.strftime("%y%m%d%H%M").to_string();
                out.segment("DTM", &[&[qualifier, &at, "201"]]);
            }
        }
        for (qualifier, place) in [("125", sector.from), ("87", sector.to)] {
            if let Some(place) = place {
                out.segment("LOC", &[&[qualifier], &[place.as_str()]]);
            }
        }
    }
    if !verdicts.errors.is_empty() {
        out.segment("ERP", &[&["1"]]);
        verdicts
            .errors
            .iter()
            .for_each(|code| out.segment("ERC", &[&[code]]));
    }
    for verdict in &verdicts.travellers {
        out.segment("ERP", &[&["2"]]);
        let references = [("AVF", &verdict.locator), ("ABO", &verdict.reference)];
        for (qualifier, reference) in references {
            if let Some(reference) = reference {
                out.segment("RFF", &[&[qualifier, reference.expose()]]);
            }
        }
        verdict
            .codes
            .iter()
            .for_each(|code| out.segment("ERC", &[&[code]]));
        if let Some(text) = &verdict.text {
            let characters: Vec<char> = text.chars().collect();
            let pieces = characters.chunks(TEXT_LENGTH).take(TEXT_COMPONENTS);
            let pieces: Vec<String> = pieces.map(|piece| piece.iter().collect()).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            out.segment("FTX", &[&["AAP"], &[], &[], &pieces]);
        }
    }
}

/// `ZQ0417`.
fn name(sector: &Sector) -> String {
    let carrier = sector
        .carrier
        .map_or(String::new(), |carrier| carrier.to_string());
    let suffix = sector.number.suffix.map_or(String::new(), String::from);
    format!("{carrier}{:0>4}{suffix}", sector.number.digits)
}

fn request(out: &mut Writer, request: &Request, codes: &Codes) {
    out.segment("MSG", &[&["", &codes.request]]);
    let place = request
        .place
        .map_or(String::new(), |place| place.to_string());
    let country = request.country.as_deref().unwrap_or_default();
    out.segment(
        "ORG",
        &[&[&request.agency, &place], &[], &[], &[], &[], &[country]],
    );
    if let Some(flight) = &request.flight {
        let date = |at: DateTime| at.strftime("%d%m%y").to_string();
        let time = |at: DateTime| at.strftime("%H%M").to_string();
        let airport = |place: Option<Port>| place.map_or(String::new(), |place| place.to_string());
        let carrier = flight
            .carrier
            .map_or(String::new(), |carrier| carrier.to_string());
        let suffix = flight.number.suffix.map_or(String::new(), String::from);
        out.segment(
            "TVL",
            &[
                &[
                    &flight.departs.map_or(String::new(), date),
                    &flight.departs.map_or(String::new(), time),
                    &flight.arrives.map_or(String::new(), date),
                    &flight.arrives.map_or(String::new(), time),
                ],
                &[&airport(flight.from)],
                &[&airport(flight.to)],
                &[&carrier],
                &[&flight.number.digits, "", &suffix],
            ],
        );
    }
    if let Some((system, locator)) = &request.locator {
        out.segment("RCI", &[&[system, locator.expose()]]);
    }
}
