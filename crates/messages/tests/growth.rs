//! Twice the input takes at most two and a half times the instructions, in every decoder.
//!
//! Instructions are counted, not timed: they are the same on a busy machine, and what the system
//! does for memory, which comes in steps, is not among them.

use oriel_messages::reply::Codes;
use oriel_messages::ssim::Schedule;
use oriel_messages::{Transmission, mrz, reply};
use std::hint::black_box;

/// The most that twice the input may take: a list that is copied to make room at its last element
/// takes a quarter more than twice, what is quadratic takes four times as many.
const MOST: f64 = 2.5;

/// About how many bytes the shorter input has.
const ONCE: usize = 64 * 1024;

type Read = fn(&[u8]);

/// Gives an input of about so many bytes.
type Make = Box<dyn Fn(usize) -> Vec<u8>>;

/// What is counted.
#[inline(never)]
fn counted(read: Read, bytes: &[u8]) {
    read(black_box(bytes));
}

/// `test` is the name of the test that calls.
#[track_caller]
fn check(test: &str, cases: &[(&str, Read, Make)]) {
    let counts = oriel_testkit::instructions(test, "growth::counted", || {
        for (_, read, make) in cases {
            let (once, twice) = (make(ONCE), make(2 * ONCE));
            assert!(twice.len() > once.len() * 19 / 10);
            counted(*read, &once);
            counted(*read, &twice);
        }
    });
    let Some(counts) = counts else { return };
    assert_eq!(counts.len(), 2 * cases.len());
    for ((name, ..), pair) in cases.iter().zip(counts.chunks_exact(2)) {
        let ratio = pair[1] as f64 / pair[0] as f64;
        assert!(
            ratio <= MOST,
            "{name}: {ratio:.2} times the instructions, at most {MOST}: {pair:?}"
        );
    }
}

/// `unit` again and again between `start` and `end`.
fn repeated(start: &str, unit: &str, end: &str) -> Make {
    let (start, unit, end) = (start.to_owned(), unit.to_owned(), end.to_owned());
    Box::new(move |size| {
        let middle = unit.repeat(size / unit.len());
        [start.as_str(), &middle, &end].concat().into_bytes()
    })
}

fn open(bytes: &[u8]) {
    let transmission = Transmission::open(bytes);
    black_box(transmission.decode().count());
}

/// The same for what must be read: what is refused at its start takes nothing.
fn open_whole(bytes: &[u8]) {
    let transmission = Transmission::open(bytes);
    let read = transmission
        .decode()
        .filter(|decoded| decoded.message.is_some());
    assert!(black_box(read.count()) > 0, "nothing is read");
}

fn zone(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = black_box(mrz::read(&text, jiff::civil::date(2026, 11, 4)));
}

fn schedule(bytes: &[u8]) {
    let schedule = Schedule::read(bytes);
    assert!(
        schedule
            .carriers
            .iter()
            .any(|carrier| !carrier.legs.is_empty())
    );
    black_box(schedule);
}

fn answer(bytes: &[u8]) {
    let read = black_box(reply::read(bytes, &Codes::default()));
    assert!(read.is_ok(), "{read:?}");
}

const LIST: &str = "UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
                    TDT+20+ZQ0611'LOC+125+NBO'LOC+87+CDG'";

#[test]
fn interchanges() {
    let end = "UNT+9+1'UNZ+1+1'";
    let push = "UNB+IATA:1+ZQ+UTOGOV+261104:0845+1'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'\
                TVL+041126:1015:041126:1430+KEF+LIS+ZQ+417'EQN+1'";
    let booking = "SRC'RCI+ZQ:AAAAAA'TIF+DOE:I+JANE:A:1'\
                   SSR+DOCS:HK:1:ZQ:::::/P/UTO/AB12/UTO/04APR80/F/01JAN30/DOE/JANE'\
                   TVL+041126:1015:041126:1430+KEF+LIS+ZQ+417:Y'RPI+1+HK'";
    let one = [push, "SRC'RCI+ZQ:AAAAAA'"].concat();
    let travellers = repeated(LIST, "NAD+FL+++DOE:JANE'DOC+P+AB12'", end);
    let seeming = repeated(LIST, "NAD:FL+++DOE:JANE'RFF:AVF:AB12'", end);
    let items = repeated(&one, "ABI+1+WEB'SAC+++A'TIF+DOE:I+JANE:A'", end);
    let party = repeated(&one, "TIF+DOE:I+JANE:A:1'REF+:AB12'", end);
    check(
        "interchanges",
        &[
            ("travellers of a list", open_whole, travellers),
            ("names that go on behind a tag", open_whole, seeming),
            ("bookings", open_whole, repeated(push, booking, end)),
            ("travellers of one booking", open_whole, party),
            ("history of one booking", open_whole, items),
            (
                "no terminators",
                open,
                repeated(LIST, "NAD+FL+++DOE:JANE", ""),
            ),
            ("headers alone", open, repeated("", "UNB+UNOA:4+A", "")),
        ],
    );
}

#[test]
fn telegrams() {
    let heading = "QK UTOAPZQ\r\n.NBOOPZQ 040846\r\n";
    let cut = repeated(
        &[heading, LIST].concat(),
        "NAD+FL+++DOE:\r\nJANE'",
        "UNT+9+1'UNZ+1+1'\r\n\u{3}\r\nNNNN\r\n",
    );
    let parts = repeated(heading, "UNB+UNOA:4\r\nPART2\r\n", "");
    check(
        "telegrams",
        &[
            ("headings", open, repeated("", heading, "")),
            ("lines in segments", open_whole, cut),
            ("parts", open, parts),
        ],
    );
}

#[test]
fn documents_in_xml() {
    let start = "<IATA_PNRGOV_NotifRQ><FlightLeg CarrierCode='ZQ' FlightNumber='417' \
                 DepartureDateTime='2026-11-04T10:15:00'><DepartureAirport LocationCode='KEF'/>\
                 </FlightLeg><PNRs NumberOfPnrs='1'>";
    let pnr = "<PNR><BookingRefID ID='AAAAAA'/><Passenger><Surname>DOE</Surname></Passenger></PNR>";
    let bookings = repeated(start, pnr, "</PNRs></IATA_PNRGOV_NotifRQ>");
    let history = [
        start,
        "<PNR><BookingRefID ID='AAAAAA'/><History><HistoryCredit>",
    ]
    .concat();
    let item = "<Action ActionCode='A'><Passenger><Surname>DOE</Surname></Passenger></Action>";
    let end = "</HistoryCredit></History></PNR></PNRs></IATA_PNRGOV_NotifRQ>";
    let items = repeated(&history, item, end);
    let entities = repeated("<IATA_PNRGOV_NotifRQ>", "&lt;&x;<!-- -->", "");
    check(
        "documents_in_xml",
        &[
            ("bookings", open_whole, bookings),
            ("history", open_whole, items),
            ("entities and comments", open, entities),
        ],
    );
}

#[test]
fn lists_in_tables() {
    let head = "IMO;9074729\nPort;PTLIS\nMovement;A\n";
    let columns = "Family name;Given names;Nationality;Date of birth;Passport no\n";
    let start = [head, columns].concat();
    let rows = repeated(&start, "DOE;JANE;Utopia;3/4/1980;AB12\n", "");
    check(
        "lists_in_tables",
        &[
            ("rows", open_whole, rows),
            ("quotes", open, repeated(&start, "\"DOE;JANE\n", "")),
            ("headings", open, repeated(&start, columns, "")),
            ("one line", open, repeated("", "Family name:x;Port;", "")),
        ],
    );
}

#[test]
fn declarations() {
    let start = "{\"imo\":\"9074729\",\"port\":\"PTLIS\",\"crew\":[{\"surname\":\"A\"}";
    let crew = repeated(start, ",{\"surname\":\"DOE\",\"dob\":\"1980-04-03\"}", "]}");
    check(
        "declarations",
        &[
            ("crew", open_whole, crew),
            ("depth", open, repeated(start, ",[", "")),
            ("escapes", open, repeated("{\"a\":\"", "\\\"", "")),
        ],
    );
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
    check("workbooks", &[("rows", open_whole, Box::new(sheet))]);
}

#[test]
fn zones_and_schedules() {
    let carrier = "2LZQ\n";
    let leg = "3 ZQ 04170101J26OCT2628MAR271234567 KEF10151015+0000  LIS14301430+0000\n";
    let names = repeated("P<UTO", "DOE<<JANE<", "");
    check(
        "zones_and_schedules",
        &[
            ("names of a zone", zone, names),
            ("legs", schedule, repeated(carrier, leg, "")),
        ],
    );
}

#[test]
fn answers() {
    let end = "UNT+9+1'UNZ+1+1'";
    let control = "UNB+UNOA:4+UTO+ZQ+261104:0845+1'UNH+1+CONTRL:D:3:UN'UCI+1+ZQ+UTO+7'";
    let report = "UCF+1+ZQ+UTO+7'UCM+1+PAXLST:D:05B:UN+4'UCS+5+13'UCD+12+1:2'";
    let errors = repeated(
        "<IATA_PNRGOV_NotifRS TimeStamp='2026-11-04T08:00:00Z'><Errors>",
        "<Error Code='103'/>",
        "</Errors></IATA_PNRGOV_NotifRS>",
    );
    let response = "UNB+UNOA:4+UTO+ZQ+261104:0845+1'UNH+1+CUSRES:D:05B:UN'BGM+962'";
    let told = repeated(response, "ERP+2'RFF+ABO:1'ERC+0Z'", end);
    check(
        "answers",
        &[
            ("CONTRL", answer, repeated(control, report, end)),
            ("errors in XML", answer, errors),
            ("CUSRES", answer, told),
        ],
    );
}
