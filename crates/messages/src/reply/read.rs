//! Reads replies back.
//!
//! - Invariant: a message that does not fit its table is not read; nothing panics, and work is
//!   linear in the bytes.

use super::structure;
use super::write::TEXT_LENGTH;
use super::*;
use crate::dates::{self, Moment};
use oriel_edifact::{Charset, Part, Segment, Starts, Tokens};
use oriel_model::Span;

/// Why bytes are not a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAReply {
    /// Neither UN/EDIFACT with one of the four messages nor an XML response.
    #[error("this is none of CONTRL, ACKRES, CUSRES, GOVREQ and IATA_PNRGOV_NotifRS")]
    Unknown,
    /// The first segment that does not fit the table, UNH being 1.
    #[error("segment {0} has no place in this message")]
    Misplaced(u32),
    /// A value that has to be there is missing or cannot be read, in this segment.
    #[error("segment {0} lacks a value, or it cannot be read")]
    Value(u32),
}

/// Reads the first reply of an interchange, or an XML response.
pub fn read(bytes: &[u8], codes: &Codes) -> Result<Reply, NotAReply> {
    if crate::xml::is_xml(bytes) {
        let text = std::str::from_utf8(bytes).map_err(|_| NotAReply::Unknown)?;
        return super::xml::read(text).ok_or(NotAReply::Unknown);
    }
    let start = Starts::new(bytes).from(0).ok_or(NotAReply::Unknown)?;
    let header = &bytes[start.header..];
    let mut unb = Segment::default();
    let mut tokens = Tokens::new(header, start.header, start.service, Charset::Ascii);
    if !matches!(tokens.next_into(&mut unb), Ok(true)) {
        return Err(NotAReply::Unknown);
    }
    let identifier = unb.part(1, 1);
    let charset = Charset::from_identifier(&identifier.bytes()).unwrap_or(Charset::Ascii);
    let sent = dates::prepared(&unb.part(4, 1).code(), &unb.part(4, 2).code());
    let body = &bytes[tokens.position()..];
    let mut tokens = Tokens::new(body, 0, start.service, charset);
    let mut segments = Vec::new();
    let mut segment = Segment::default();
    loop {
        match tokens.next_into(&mut segment) {
            Ok(true) => {}
            _ => return Err(NotAReply::Misplaced(segments.len() as u32 + 1)),
        }
        let is_last = segment.tag() == b"UNT";
        segments.push(segment.clone());
        if is_last {
            break;
        }
    }
    let kind = segments[0].part(2, 1).trimmed();
    let table = structure::table(&kind).ok_or(NotAReply::Unknown)?;
    let tags: Vec<[u8; 3]> = segments
        .iter()
        .map(|segment| segment.tag().try_into().unwrap_or(*b"   "))
        .collect();
    structure::fits(table, &tags).map_err(NotAReply::Misplaced)?;
    let read = Body {
        segments: &segments,
        at: 1,
    };
    let answer = match &*kind {
        "CONTRL" => read.syntax_report().map(Answer::Syntax),
        "ACKRES" => read.receipt(codes).map(Answer::Push),
        "CUSRES" => read.verdicts().map(Answer::Verdicts),
        _ => read.request().map(Answer::Request),
    };
    let unh = &segments[0];
    let (version, release) = (text(unh.part(2, 2)), text(unh.part(2, 3)));
    let version = match release.is_empty() {
        true => version,
        false => format!("{version}:{release}").into(),
    };
    Ok(Reply {
        sender: text(unb.part(2, 1)),
        recipient: text(unb.part(3, 1)),
        sent: sent.ok_or(NotAReply::Unknown)?,
        interchange: text(unb.part(5, 1)),
        reference: text(unh.part(1, 1)),
        version,
        access: some(unh.part(3, 1)),
        answer: answer?,
    })
}

/// The segments of one message, which fit its table.
struct Body<'s, 'a> {
    segments: &'s [Segment<'a>],
    at: usize,
}

impl<'s, 'a> Body<'s, 'a> {
    /// The next segment, if it has this tag.
    fn next(&mut self, tag: &[u8; 3]) -> Option<&'s Segment<'a>> {
        let segment = self.segments.get(self.at)?;
        if segment.tag() != tag {
            return None;
        }
        self.at += 1;
        Some(segment)
    }

    /// A segment that the table says is there.
    fn must(&mut self, tag: &[u8; 3]) -> Result<&'s Segment<'a>, NotAReply> {
        let at = self.at as u32 + 1;
        self.next(tag).ok_or(NotAReply::Misplaced(at))
    }

    /// A value that has to be there, of the segment read last.
    fn value<T>(&self, value: Option<T>) -> Result<T, NotAReply> {
        value.ok_or(NotAReply::Value(self.at as u32))
    }

    fn syntax_report(mut self) -> Result<SyntaxReport, NotAReply> {
        let uci = self.must(b"UCI")?;
        let action = self.value(Action::of(&uci.part(4, 1).trimmed()))?;
        let fault = self.fault(uci, 5)?;
        let messages = self.message_reports()?;
        let mut groups = Vec::new();
        while let Some(ucf) = self.next(b"UCF") {
            groups.push(GroupReport {
                reference: text(ucf.part(1, 1)),
                sender: text(ucf.part(2, 1)),
                recipient: text(ucf.part(3, 1)),
                action: self.value(Action::of(&ucf.part(4, 1).trimmed()))?,
                fault: self.fault(ucf, 5)?,
                messages: self.message_reports()?,
            });
        }
        Ok(SyntaxReport {
            interchange: text(uci.part(1, 1)),
            sender: text(uci.part(2, 1)),
            recipient: text(uci.part(3, 1)),
            action,
            fault,
            messages,
            groups,
        })
    }

    fn message_reports(&mut self) -> Result<Vec<MessageReport>, NotAReply> {
        let mut messages = Vec::new();
        while let Some(ucm) = self.next(b"UCM") {
            messages.push(self.message_report(ucm)?);
        }
        Ok(messages)
    }

    fn message_report(&mut self, ucm: &Segment<'_>) -> Result<MessageReport, NotAReply> {
        let action = self.value(Action::of(&ucm.part(3, 1).trimmed()))?;
        let fault = self.fault(ucm, 4)?;
        let mut segments = Vec::new();
        while let Some(ucs) = self.next(b"UCS") {
            let segment = self.value(number(ucs.part(1, 1)))?;
            let mut elements = Vec::new();
            while let Some(ucd) = self.next(b"UCD") {
                let code = self.value(number(ucd.part(1, 1)))?;
                let element = self.value(number(ucd.part(2, 1)))?;
                elements.push((code, element, number(ucd.part(2, 2))));
            }
            segments.push(SegmentReport {
                segment,
                code: number(ucs.part(2, 1)),
                elements,
            });
        }
        let identifier: Vec<Text> = ucm.parts(2).map(text).collect();
        Ok(MessageReport {
            reference: text(ucm.part(1, 1)),
            identifier,
            action,
            fault,
            segments,
        })
    }

    /// Error, service segment and position, from element `from` on.
    fn fault(&self, segment: &Segment<'_>, from: usize) -> Result<Option<ServiceFault>, NotAReply> {
        if segment.part(from, 1).is_empty() {
            return Ok(None);
        }
        let at = number(segment.part(from + 2, 1));
        Ok(Some(ServiceFault {
            code: self.value(number(segment.part(from, 1)))?,
            segment: some(segment.part(from + 1, 1)),
            at: at.map(|element| (element, number(segment.part(from + 2, 2)))),
        }))
    }

    fn receipt(mut self, codes: &Codes) -> Result<PushReceipt, NotAReply> {
        let msg = self.must(b"MSG")?;
        let outcome = self.value(codes.outcome_of(&msg.part(2, 1).trimmed()))?;
        Ok(PushReceipt {
            outcome,
            errors: self.errors(),
        })
    }

    fn errors(&mut self) -> Vec<Text> {
        let mut errors = Vec::new();
        while let Some(erc) = self.next(b"ERC") {
            errors.push(text(erc.part(1, 1)));
        }
        errors
    }

    fn verdicts(mut self) -> Result<Verdicts, NotAReply> {
        let bgm = self.must(b"BGM")?;
        let mut verdicts = Verdicts {
            kind: self.value(VerdictKind::of(&bgm.part(1, 1).trimmed()))?,
            transaction: None,
            flights: Vec::new(),
            errors: Vec::new(),
            travellers: Vec::new(),
        };
        while let Some(rff) = self.next(b"RFF") {
            let value = rff.part(1, 2);
            let sector = self.sector(value);
            match &*rff.part(1, 1).code() {
                b"TN" => verdicts.transaction = Some((text(value), number(rff.part(1, 5)))),
                b"AF" => verdicts.flights.push(sector),
                _ => {}
            }
        }
        while let Some(erp) = self.next(b"ERP") {
            let of_all = *erp.part(1, 1).code() == *b"1";
            let verdict = self.verdict();
            match of_all {
                true => verdicts.errors.extend(verdict.codes),
                false => verdicts.travellers.push(verdict),
            }
        }
        Ok(verdicts)
    }

    /// The flight named by `name`, with its times and places, which follow.
    fn sector(&mut self, name: Part<'_>) -> Sector {
        let sent = name.trimmed();
        // Three letters where no digit is among them, else two characters.
        let is_icao = sent.len() > 3 && sent.bytes().take(3).all(|byte| byte.is_ascii_alphabetic());
        let (carrier, number) = sent
            .split_at_checked(if is_icao { 3 } else { 2 })
            .unwrap_or(("", ""));
        let mut sector = Sector {
            carrier: Carrier::parse(carrier).ok(),
            number: FlightNumber::parse(number).unwrap_or_default(),
            ..Sector::default()
        };
        while let Some(dtm) = self.next(b"DTM") {
            let at = match dates::moment(&dtm.part(1, 2).code(), &dtm.part(1, 3).code()) {
                Moment::Full(at) => Some(at),
                Moment::Day(_) | Moment::Unreadable => None,
            };
            match &*dtm.part(1, 1).code() {
                b"189" => sector.departs = at,
                b"232" => sector.arrives = at,
                _ => {}
            }
        }
        while let Some(loc) = self.next(b"LOC") {
            let place = Port::airport(&loc.part(2, 1).trimmed()).ok();
            match &*loc.part(1, 1).code() {
                b"125" => sector.from = place,
                b"87" => sector.to = place,
                _ => {}
            }
        }
        sector
    }

    fn verdict(&mut self) -> Verdict {
        let (mut locator, mut reference) = (None, None);
        while let Some(rff) = self.next(b"RFF") {
            match &*rff.part(1, 1).code() {
                b"AVF" => locator = personal(rff.part(1, 2)),
                b"ABO" => reference = personal(rff.part(1, 2)),
                _ => {}
            }
        }
        let codes = self.errors();
        let mut words = Text::default();
        while let Some(ftx) = self.next(b"FTX") {
            for (at, part) in ftx.parts(4).enumerate() {
                // A long text is cut into full components; a short one ends at a colon of the text.
                let cut = at == 0 || words.chars().count().is_multiple_of(TEXT_LENGTH);
                if !cut {
                    words.push(':');
                }
                words.push_str(&part.text());
            }
        }
        Verdict {
            locator,
            reference,
            codes,
            text: (!words.is_empty()).then_some(words),
        }
    }

    fn request(mut self) -> Result<Request, NotAReply> {
        self.must(b"MSG")?;
        let org = self.must(b"ORG")?;
        let flight = self.next(b"TVL").map(|tvl| {
            let at = |date: usize, time: usize| {
                let day = dates::moment(&tvl.part(1, date).code(), b"2");
                let (Moment::Day(day), time) = (day, tvl.part(1, time).trimmed()) else {
                    return None;
                };
                let time = jiff::civil::Time::strptime("%H%M", &*time).unwrap_or_default();
                Some(day.to_datetime(time))
            };
            let number = format!("{}{}", tvl.part(5, 1).trimmed(), tvl.part(5, 3).trimmed());
            Sector {
                carrier: Carrier::parse(&tvl.part(4, 1).trimmed()).ok(),
                number: FlightNumber::parse(&number).unwrap_or_default(),
                from: Port::airport(&tvl.part(2, 1).trimmed()).ok(),
                to: Port::airport(&tvl.part(3, 1).trimmed()).ok(),
                departs: at(1, 2),
                arrives: at(3, 4),
            }
        });
        let rci = self.next(b"RCI");
        let locator = rci.and_then(|rci| Some((text(rci.part(1, 1)), personal(rci.part(1, 2))?)));
        Ok(Request {
            agency: text(org.part(1, 1)),
            place: Port::airport(&org.part(1, 2).trimmed()).ok(),
            country: some(org.part(6, 1)),
            flight,
            locator,
        })
    }
}

fn text(part: Part<'_>) -> Text {
    Text::from(&*part.trimmed())
}

fn some(part: Part<'_>) -> Option<Text> {
    Some(text(part)).filter(|text| !text.is_empty())
}

fn number<T: std::str::FromStr>(part: Part<'_>) -> Option<T> {
    part.trimmed().parse().ok()
}

fn personal(part: Part<'_>) -> Option<Personal<Text>> {
    let at = part.span();
    some(part).map(|text| Personal::new(text, Span::new(at.start as u32, at.end as u32)))
}
