//! Twice the input takes at most two and a half times as long, in every decoder.
//!
//! Times are the best of several, and a slow machine gets several tries: what is quadratic takes
//! four times as long on every try.

use oriel_messages::reply::Codes;
use oriel_messages::ssim::Schedule;
use oriel_messages::{Transmission, mrz, reply};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The most that twice the input may take.
const MOST: f64 = 2.5;

#[expect(
    clippy::disallowed_methods,
    reason = "the time it takes is what is tested"
)]
fn best_of(runs: u32, read: &dyn Fn(&[u8]), bytes: &[u8]) -> Duration {
    let one = |_| {
        let start = Instant::now();
        read(black_box(bytes));
        start.elapsed()
    };
    (0..runs).map(one).min().unwrap_or_default()
}

/// `make` gives an input of about so many bytes.
#[track_caller]
fn check(read: &dyn Fn(&[u8]), make: &dyn Fn(usize) -> Vec<u8>) {
    let (once, twice) = (make(64 * 1024), make(128 * 1024));
    assert!(twice.len() > once.len() * 19 / 10);
    let ratio = |_| {
        let (short, long) = (best_of(2, read, &once), best_of(2, read, &twice));
        long.as_secs_f64() / short.as_secs_f64().max(1e-6)
    };
    let linear = (0..12).map(ratio).any(|ratio| ratio <= MOST);
    assert!(linear, "never at most {MOST} times as long");
}

/// `unit` again and again between `start` and `end`.
fn repeated(start: &str, unit: &str, end: &str) -> impl Fn(usize) -> Vec<u8> {
    let (start, unit, end) = (start.to_owned(), unit.to_owned(), end.to_owned());
    move |size| {
        let middle = unit.repeat(size / unit.len());
        [start.as_str(), &middle, &end].concat().into_bytes()
    }
}

fn open(bytes: &[u8]) {
    let transmission = Transmission::open(bytes);
    black_box(transmission.decode().count());
}

/// The same for what must be read: what is refused at its start takes no time.
fn open_whole(bytes: &[u8]) {
    let transmission = Transmission::open(bytes);
    let read = transmission
        .decode()
        .filter(|decoded| decoded.message.is_some());
    assert!(black_box(read.count()) > 0, "nothing is read");
}

const LIST: &str = "UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
                    TDT+20+ZQ0611'LOC+125+NBO'LOC+87+CDG'";

#[test]
fn interchanges() {
    check(
        &open_whole,
        &repeated(LIST, "NAD+FL+++DOE:JANE'DOC+P+AB12'", "UNT+9+1'UNZ+1+1'"),
    );
    // A component straight after each tag, so that names seem to go on behind their terminators.
    check(
        &open_whole,
        &repeated(LIST, "NAD:FL+++DOE:JANE'RFF:AVF:AB12'", "UNT+9+1'UNZ+1+1'"),
    );
    let push = "UNB+IATA:1+ZQ+UTOGOV+261104:0845+1'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'\
                TVL+041126:1015:041126:1430+KEF+LIS+ZQ+417'EQN+1'";
    let booking = "SRC'RCI+ZQ:AAAAAA'TIF+DOE:I+JANE:A:1'\
                   SSR+DOCS:HK:1:ZQ:::::/P/UTO/AB12/UTO/04APR80/F/01JAN30/DOE/JANE'\
                   TVL+041126:1015:041126:1430+KEF+LIS+ZQ+417:Y'RPI+1+HK'";
    let end = "UNT+9+1'UNZ+1+1'";
    check(&open_whole, &repeated(push, booking, end));
    // One booking with everything in it.
    let start = [push, "SRC'RCI+ZQ:AAAAAA'"].concat();
    check(
        &open_whole,
        &repeated(&start, "TIF+DOE:I+JANE:A:1'REF+:AB12'", end),
    );
    check(
        &open_whole,
        &repeated(&start, "ABI+1+WEB'SAC+++A'TIF+DOE:I+JANE:A'", end),
    );
    check(&open, &repeated(LIST, "NAD+FL+++DOE:JANE", ""));
    check(&open, &repeated("", "UNB+UNOA:4+A", ""));
}

#[test]
fn telegrams() {
    check(
        &open,
        &repeated("", "QK UTOAPZQ\r\n.NBOOPZQ 040846\r\n", ""),
    );
    check(
        &open_whole,
        &repeated(
            &format!("QK UTOAPZQ\r\n.NBOOPZQ 040846\r\n{LIST}"),
            "NAD+FL+++DOE:\r\nJANE'",
            "UNT+9+1'UNZ+1+1'\r\n\u{3}\r\nNNNN\r\n",
        ),
    );
    check(
        &open,
        &repeated(
            "QK UTOAPZQ\r\n.NBOOPZQ 040846\r\n",
            "UNB+UNOA:4\r\nPART2\r\n",
            "",
        ),
    );
}

#[test]
fn documents_in_xml() {
    let start = "<IATA_PNRGOV_NotifRQ><FlightLeg CarrierCode='ZQ' FlightNumber='417' \
                 DepartureDateTime='2026-11-04T10:15:00'><DepartureAirport LocationCode='KEF'/>\
                 </FlightLeg><PNRs NumberOfPnrs='1'>";
    let pnr = "<PNR><BookingRefID ID='AAAAAA'/><Passenger><Surname>DOE</Surname></Passenger></PNR>";
    check(
        &open_whole,
        &repeated(start, pnr, "</PNRs></IATA_PNRGOV_NotifRQ>"),
    );
    let history = [
        start,
        "<PNR><BookingRefID ID='AAAAAA'/><History><HistoryCredit>",
    ]
    .concat();
    let item = "<Action ActionCode='A'><Passenger><Surname>DOE</Surname></Passenger></Action>";
    let end = "</HistoryCredit></History></PNR></PNRs></IATA_PNRGOV_NotifRQ>";
    check(&open_whole, &repeated(&history, item, end));
    check(
        &open,
        &repeated("<IATA_PNRGOV_NotifRQ>", "&lt;&x;<!-- -->", ""),
    );
}

#[test]
fn lists_in_tables() {
    let head = "IMO;9074729\nPort;PTLIS\nMovement;A\n";
    let columns = "Family name;Given names;Nationality;Date of birth;Passport no\n";
    let start = [head, columns].concat();
    check(
        &open_whole,
        &repeated(&start, "DOE;JANE;Utopia;3/4/1980;AB12\n", ""),
    );
    check(&open, &repeated(&start, "\"DOE;JANE\n", ""));
    check(&open, &repeated(&start, columns, ""));
    check(&open, &repeated("", "Family name:x;Port;", ""));
}

#[test]
fn declarations() {
    let start = "{\"imo\":\"9074729\",\"port\":\"PTLIS\",\"crew\":[{\"surname\":\"A\"}";
    check(
        &open_whole,
        &repeated(start, ",{\"surname\":\"DOE\",\"dob\":\"1980-04-03\"}", "]}"),
    );
    check(&open, &repeated(start, ",[", ""));
    check(&open, &repeated("{\"a\":\"", "\\\"", ""));
}

#[test]
fn workbooks() {
    let sheet = |size: usize| {
        let row = "<row><c t=\"str\"><v>DOE</v></c><c t=\"str\"><v>JANE</v></c></row>";
        let heads = ["Family name", "Given names", "Nationality"];
        let heads = heads
            .map(|head| format!("<c t=\"str\"><v>{head}</v></c>"))
            .concat();
        let rows = row.repeat(size / row.len());
        let ship = "<row><c t=\"str\"><v>IMO</v></c><c t=\"str\"><v>9074729</v></c></row>";
        let sheet = format!("<worksheet>{ship}<row>{heads}</row>{rows}</worksheet>");
        let files = [
            ("xl/workbook.xml", "<workbook/>"),
            ("xl/worksheets/sheet1.xml", &sheet),
        ];
        oriel_testkit::zip(&files, false)
    };
    check(&open_whole, &sheet);
}

#[test]
fn zones_schedules_and_replies() {
    let zone = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let _ = black_box(mrz::read(&text, jiff::civil::date(2026, 11, 4)));
    };
    check(&zone, &repeated("P<UTO", "DOE<<JANE<", ""));
    let schedule = |bytes: &[u8]| {
        let schedule = Schedule::read(bytes);
        assert!(
            schedule
                .carriers
                .iter()
                .any(|carrier| !carrier.legs.is_empty())
        );
        black_box(schedule);
    };
    let carrier = "2LZQ\n";
    let leg = "3 ZQ 04170101J26OCT2628MAR271234567 KEF10151015+0000  LIS14301430+0000\n";
    check(&schedule, &repeated(carrier, leg, ""));
    let replies = |bytes: &[u8]| {
        let read = black_box(reply::read(bytes, &Codes::default()));
        assert!(read.is_ok(), "{read:?}");
    };
    let start = "UNB+UNOA:4+UTO+ZQ+261104:0845+1'UNH+1+CONTRL:D:3:UN'UCI+1+ZQ+UTO+7'";
    let report = "UCF+1+ZQ+UTO+7'UCM+1+PAXLST:D:05B:UN+4'UCS+5+13'UCD+12+1:2'";
    check(&replies, &repeated(start, report, "UNT+9+1'UNZ+1+1'"));
    let start = "<IATA_PNRGOV_NotifRS TimeStamp='2026-11-04T08:00:00Z'><Errors>";
    let end = "</Errors></IATA_PNRGOV_NotifRS>";
    check(&replies, &repeated(start, "<Error Code='103'/>", end));
    let start = "UNB+UNOA:4+UTO+ZQ+261104:0845+1'UNH+1+CUSRES:D:05B:UN'BGM+962'";
    check(
        &replies,
        &repeated(start, "ERP+2'RFF+ABO:1'ERC+0Z'", "UNT+9+1'UNZ+1+1'"),
    );
}
