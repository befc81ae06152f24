//! What a heading of a list means, whatever the words, the language and the order.
//!
//! - In: a heading, label or key.  Out: the [`Field`] it stands for.
//! - Source: IMO FAL forms 5 and 6, IMO Compendium; declarations of general aviation. The other
//!   wordings are ours.
//! - Invariant: letters and digits alone count, and a number before a heading (`7. Nationality`)
//!   does not.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The longest heading that is looked at.
const MAX_HEADING: usize = 80;

/// Something that a list says, of the journey or of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    // Of the journey.
    Movement,
    IsArrival,
    IsDeparture,
    Mode,
    Service,
    Train,
    Operator,
    Sender,
    Prepared,
    Reference,
    ShipName,
    Imo,
    CallSign,
    Mmsi,
    Registration,
    Plate,
    Flag,
    Port,
    Date,
    Time,
    DeparturePort,
    DepartureDate,
    DepartureTime,
    ArrivalPort,
    ArrivalDate,
    ArrivalTime,
    LastPort,
    NextPort,
    Count,
    // Of a person.
    Row,
    Role,
    Family,
    Given,
    FullName,
    Rank,
    Nationality,
    BirthDate,
    BirthPlace,
    BirthDateAndPlace,
    Sex,
    Residence,
    DocumentKind,
    DocumentNumber,
    PassportNumber,
    DocumentKindAndNumber,
    DocumentIssuer,
    DocumentExpires,
    DocumentIssued,
    Embarks,
    Disembarks,
    Transit,
    Visa,
    Locator,
}

impl Field {
    /// Whether it is about one person and not about the journey.
    pub(crate) fn is_personal(self) -> bool {
        self as u8 >= Self::Row as u8
    }
}

/// Wordings, folded, by field.
const WORDS: &[(Field, &[&str])] = &[
    (
        Field::Movement,
        &[
            "arrivaldeparture",
            "arrivalordeparture",
            "movement",
            "movementtype",
        ],
    ),
    (Field::IsArrival, &["arrival"]),
    (Field::IsDeparture, &["departure"]),
    (
        Field::Mode,
        &["mode", "modeoftransport", "meansoftransport"],
    ),
    (
        Field::Service,
        &[
            "voyage",
            "voyagenumber",
            "voyageno",
            "service",
            "servicenumber",
            "serviceno",
            "line",
            "flight",
            "flightnumber",
            "numerodevoyage",
        ],
    ),
    (Field::Train, &["train", "trainnumber", "trainno"]),
    (
        Field::Operator,
        &["operator", "carrier", "company", "shipoperator", "airline"],
    ),
    (
        Field::Sender,
        &[
            "agent",
            "shipagent",
            "sender",
            "submittedby",
            "reportingparty",
        ],
    ),
    (
        Field::Prepared,
        &["prepared", "preparedat", "submitted", "submittedat", "sent"],
    ),
    (
        Field::Reference,
        &["reference", "declarationreference", "reportreference", "id"],
    ),
    (
        Field::ShipName,
        &[
            "nameofship",
            "shipname",
            "ship",
            "vessel",
            "vesselname",
            "nameofvessel",
            "nomdunavire",
            "nombredelbuque",
            "craftname",
            "yacht",
        ],
    ),
    (
        Field::Imo,
        &["imo", "imonumber", "imono", "imoshipnumber", "numeroomi"],
    ),
    (
        Field::CallSign,
        &["callsign", "radiocallsign", "indicatifdappel"],
    ),
    (Field::Mmsi, &["mmsi", "mmsinumber", "mmsino"]),
    (
        Field::Registration,
        &[
            "registration",
            "aircraftregistration",
            "registrationmarks",
            "aircraft",
            "tailnumber",
        ],
    ),
    (
        Field::Plate,
        &[
            "plate",
            "licenceplate",
            "licenseplate",
            "vehicleregistration",
            "coach",
            "bus",
        ],
    ),
    (
        Field::Flag,
        &[
            "flag",
            "flagstate",
            "flagstateofship",
            "flagstateofvessel",
            "nationalityofship",
            "stateofregistry",
            "countryofregistration",
        ],
    ),
    (
        Field::Port,
        &[
            "portofarrivaldeparture",
            "portofarrivalordeparture",
            "port",
            "portofcall",
            "portofarrivalanddeparture",
        ],
    ),
    (
        Field::Date,
        &[
            "dateofarrivaldeparture",
            "dateofarrivalordeparture",
            "datetimeofarrivaldeparture",
            "dateandtimeofarrivaldeparture",
            "date",
        ],
    ),
    (Field::Time, &["timeofarrivaldeparture", "time"]),
    (
        Field::DeparturePort,
        &[
            "portofdeparture",
            "departureport",
            "departureairport",
            "departureaerodrome",
            "airportofdeparture",
            "aerodromeofdeparture",
            "departureplace",
            "from",
            "departurefrom",
        ],
    ),
    (
        Field::DepartureDate,
        &[
            "dateofdeparture",
            "departuredate",
            "departuredatetime",
            "datetimeofdeparture",
            "dateandtimeofdeparture",
            "departureat",
            "departs",
        ],
    ),
    (
        Field::DepartureTime,
        &["timeofdeparture", "departuretime", "etd"],
    ),
    (
        Field::ArrivalPort,
        &[
            "portofarrival",
            "arrivalport",
            "arrivalairport",
            "arrivalaerodrome",
            "airportofarrival",
            "aerodromeofarrival",
            "arrivalplace",
            "to",
            "arrivalto",
        ],
    ),
    (
        Field::ArrivalDate,
        &[
            "dateofarrival",
            "arrivaldate",
            "arrivaldatetime",
            "datetimeofarrival",
            "dateandtimeofarrival",
            "arrivalat",
            "arrives",
        ],
    ),
    (Field::ArrivalTime, &["timeofarrival", "arrivaltime", "eta"]),
    (
        Field::LastPort,
        &[
            "lastportofcall",
            "lastport",
            "previousport",
            "previousportofcall",
        ],
    ),
    (Field::NextPort, &["nextportofcall", "nextport"]),
    (
        Field::Count,
        &[
            "numberofcrew",
            "numberofpassengers",
            "numberofpersons",
            "totalcrew",
            "totalpassengers",
            "totalpersons",
            "personsonboard",
            "total",
        ],
    ),
    (
        Field::Row,
        &[
            "no",
            "nr",
            "number",
            "item",
            "seq",
            "sequence",
            "sequencenumber",
        ],
    ),
    (
        Field::Role,
        &[
            "role",
            "persontype",
            "type",
            "crewpassenger",
            "crewpax",
            "paxcrew",
        ],
    ),
    (
        Field::Family,
        &[
            "familyname",
            "surname",
            "lastname",
            "nom",
            "apellidos",
            "familynames",
            "nachname",
            "cognome",
            "apelido",
        ],
    ),
    (
        Field::Given,
        &[
            "givennames",
            "givenname",
            "firstname",
            "firstnames",
            "forename",
            "forenames",
            "prenom",
            "prenoms",
            "nombre",
            "nombres",
            "vorname",
            "othernames",
        ],
    ),
    (
        Field::FullName,
        &[
            "name",
            "fullname",
            "familynamegivennames",
            "surnameandgivennames",
        ],
    ),
    (
        Field::Rank,
        &[
            "rankorrating",
            "rank",
            "rating",
            "position",
            "duty",
            "function",
            "capacity",
            "crewduty",
        ],
    ),
    (
        Field::Nationality,
        &["nationality", "citizenship", "nationalite", "nacionalidad"],
    ),
    (
        Field::BirthDate,
        &[
            "dateofbirth",
            "dob",
            "birthdate",
            "datedenaissance",
            "fechadenacimiento",
            "born",
            "geburtsdatum",
        ],
    ),
    (
        Field::BirthPlace,
        &["placeofbirth", "pob", "birthplace", "lieudenaissance"],
    ),
    (Field::BirthDateAndPlace, &["dateandplaceofbirth"]),
    (Field::Sex, &["gender", "sex", "sexe", "sexo"]),
    (
        Field::Residence,
        &[
            "countryofresidence",
            "residence",
            "homecountry",
            "stateofresidence",
        ],
    ),
    (
        Field::DocumentKind,
        &[
            "natureofidentitydocument",
            "natureofid",
            "natureofidentityortraveldocument",
            "typeofidentityortraveldocument",
            "typeofidentitydocument",
            "typeofid",
            "doctype",
            "documenttype",
            "typeoftraveldocument",
            "traveldocumenttype",
        ],
    ),
    (
        Field::DocumentNumber,
        &[
            "numberofidentitydocument",
            "numberofidentityortraveldocument",
            "numberofid",
            "documentno",
            "documentnumber",
            "docno",
            "docnumber",
            "serialnumberofidentitydocument",
            "traveldocumentnumber",
            "idnumber",
        ],
    ),
    (
        Field::PassportNumber,
        &["passportno", "passportnumber", "passport"],
    ),
    (
        Field::DocumentKindAndNumber,
        &[
            "natureandnumberofidentitydocument",
            "natureandnoofidentitydocument",
            "natureandnumberofidentityortraveldocument",
            "typeandnumberofidentitydocument",
        ],
    ),
    (
        Field::DocumentIssuer,
        &[
            "issuingstate",
            "issuingstateofidentitydocument",
            "countryofissue",
            "issuingcountry",
            "issuingstateofidentityortraveldocument",
            "documentissuingstate",
            "documentissuer",
            "documentissuingcountry",
            "issuer",
            "stateofissue",
            "placeofissue",
        ],
    ),
    (
        Field::DocumentExpires,
        &[
            "expirydate",
            "expiry",
            "validuntil",
            "expirydateofidentitydocument",
            "dateofexpiry",
            "expires",
            "documentexpiry",
            "documentexpirydate",
            "documentexpires",
            "expirydateofidentityortraveldocument",
            "validto",
        ],
    ),
    (
        Field::DocumentIssued,
        &["dateofissue", "issuedate", "documentissued", "issued"],
    ),
    (
        Field::Embarks,
        &[
            "portofembarkation",
            "embarkation",
            "embarkationport",
            "embarks",
        ],
    ),
    (
        Field::Disembarks,
        &[
            "portofdisembarkation",
            "disembarkation",
            "debarkation",
            "portofdebarkation",
            "disembarkationport",
            "disembarks",
        ],
    ),
    (
        Field::Transit,
        &[
            "transitpassenger",
            "transitpassengerornot",
            "intransit",
            "transit",
        ],
    ),
    (
        Field::Visa,
        &[
            "visanumber",
            "visa",
            "visano",
            "residencepermit",
            "visaresidencepermitnumber",
        ],
    ),
    (
        Field::Locator,
        &[
            "bookingreference",
            "bookingnumber",
            "bookingref",
            "reservation",
            "pnr",
            "locator",
        ],
    ),
];

static FIELDS: LazyLock<FxHashMap<&'static str, Field>> = LazyLock::new(|| {
    let rows = WORDS.iter();
    rows.flat_map(|(field, words)| words.iter().map(move |word| (*word, *field)))
        .collect()
});

/// What a heading stands for.
pub(crate) fn field(heading: &str) -> Option<Field> {
    if heading.len() > MAX_HEADING {
        return None;
    }
    FIELDS.get(fold(heading).as_str()).copied()
}

/// Whether a row of cells is a row of headings: names of persons and two fields more at least.
pub(crate) fn is_heading_row<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let (mut personal, mut named) = (0, false);
    for field in cells.filter_map(field).filter(|field| field.is_personal()) {
        personal += 1;
        named |= matches!(field, Field::Family | Field::FullName);
    }
    named && personal >= 3
}

/// Letters and digits in lower case, accents of Western languages dropped, without the number of
/// the item before it or the bracket behind it.
fn fold(heading: &str) -> String {
    let bare = heading.split(['(', '[', '\n']).next().unwrap_or(heading);
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit() || " .)".contains(c));
    let mut out = String::with_capacity(bare.len());
    for c in bare.chars().flat_map(char::to_lowercase) {
        out.push(match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'û' | 'ü' => 'u',
            other if other.is_alphanumeric() => other,
            _ => continue,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_any_dress() {
        let check = |heading: &str, expected: Field| {
            assert_eq!(field(heading), Some(expected), "{heading}");
        };
        check("7. Family name", Field::Family);
        check("FAMILY_NAME", Field::Family);
        check("Prénom(s)", Field::Given);
        check("1.2 IMO number", Field::Imo);
        check("Date of birth (dd/mm/yyyy)", Field::BirthDate);
        check("Port of arrival/departure", Field::Port);
        check("Issuing State of identity document", Field::DocumentIssuer);
        assert_eq!(field("Shoe size"), None);
        assert_eq!(field(&"x".repeat(100)), None);
    }

    #[test]
    fn every_wording_is_folded_and_stands_for_one_field() {
        let words: Vec<&str> = WORDS.iter().flat_map(|row| row.1).copied().collect();
        for word in &words {
            assert_eq!(fold(word), *word);
        }
        assert_eq!(FIELDS.len(), words.len());
    }

    #[test]
    fn a_row_of_headings_names_persons() {
        let check = |row: &[&str]| is_heading_row(row.iter().copied());
        assert!(check(&["No", "Family name", "Given names", "Nationality"]));
        assert!(!check(&[
            "Name of ship",
            "IMO number",
            "Call sign",
            "Voyage"
        ]));
        assert!(!check(&["Name", "Comment"]));
    }
}
