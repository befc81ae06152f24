//! One spelling for each selector, of lists and of bookings.
//!
//! - Source: ITU-T E.164 (country codes; at most 15 digits), RFC 5321 4.1.2, ISO/IEC 7812-1 (card
//!   numbers).
//! - Invariants: values that mean one thing read alike however they are written; what is too short
//!   or too common to mean one thing is refused on a list, and not asked of a traveller; a reason
//!   never repeats a value; of a card no middle digit gets this far.

use super::{Form, SelectorKind};
use oriel_model::Text;

/// Values in the forms in which they are compared.
type Forms = Vec<(Form, Text)>;

/// Fewest digits of a number without a country code that are compared: shorter ones belong to
/// somebody in every state.
const NATIONAL: usize = 9;

/// A value of a list.
pub(crate) fn listed(
    kind: SelectorKind,
    value: &str,
    prefix: Option<&str>,
    expires: Option<&str>,
) -> Result<Forms, &'static str> {
    match kind {
        SelectorKind::Phone => {
            let phone = Phone::read(value).ok_or("not a telephone number")?;
            let whole = match (phone.dialled, prefix) {
                (Dialled::Abroad, _) => phone.digits,
                (_, Some(prefix)) => format!("{prefix}{}", phone.digits.trim_start_matches('0')),
                (_, None) => {
                    return Err(
                        "no country code: write the number with + or 00, or give the mapping a \
                         phone_prefix",
                    );
                }
            };
            let (country, national) = parts(&whole).ok_or("not a telephone number")?;
            let mut forms = vec![(Form::Phone, abroad(country, national))];
            if national.len() >= NATIONAL {
                forms.push((Form::PhoneNational, national.into()));
            }
            Ok(forms)
        }
        SelectorKind::Email => {
            let email = email(value).ok_or("not a mail address")?;
            Ok(vec![(Form::Email, email)])
        }
        SelectorKind::Payment => match (payment(value), expires) {
            (Some(Paid::Card(ends)), None) => Ok(vec![(Form::Card, ends)]),
            (Some(Paid::Card(ends)), Some(expires)) => {
                let month = month(expires).ok_or("not a month of expiry, MMYY")?;
                let dated = format!("{ends} {month}").into();
                Ok(vec![(Form::CardDated, dated), (Form::CardUndated, ends)])
            }
            (Some(Paid::Account(account)), _) => Ok(vec![(Form::Account, account)]),
            (None, _) => Err(
                "not a card or account: of a card the first six and last four digits \
                              are needed",
            ),
        },
        SelectorKind::Address => {
            let words = address(value)
                .ok_or("not an address: it needs at least three words, and a number among them")?;
            Ok(vec![(Form::Address, words)])
        }
    }
}

/// A value of a traveller or booking; nothing where it says too little to be compared.
pub(crate) fn asked(kind: SelectorKind, value: &str, expires: Option<&str>) -> Forms {
    match kind {
        SelectorKind::Phone => Phone::read(value).map_or_else(Vec::new, |phone| phone.asked()),
        SelectorKind::Email => email(value).map(|e| (Form::Email, e)).into_iter().collect(),
        SelectorKind::Payment => match payment(value) {
            Some(Paid::Card(ends)) => {
                let other = match expires.and_then(month) {
                    Some(month) => (Form::CardDated, format!("{ends} {month}").into()),
                    None => (Form::CardUndated, ends.clone()),
                };
                vec![(Form::Card, ends), other]
            }
            Some(Paid::Account(account)) => vec![(Form::Account, account)],
            None => Vec::new(),
        },
        SelectorKind::Address => {
            let words = address(value).map(|words| (Form::Address, words));
            words.into_iter().collect()
        }
    }
}

/// How a number was dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialled {
    /// With a country code.
    Abroad,
    /// With the zero that leads out of a town.
    Home,
    /// As digits alone: the country code may be among them.
    Bare,
}

/// A telephone number as digits.
struct Phone {
    dialled: Dialled,
    /// Behind `+`, `00` or the zero.
    digits: String,
}

impl Phone {
    /// Reads the first number of a text such as `VIE 0664 123-4567 M` or `+43 (0)1 5550100 x12`.
    fn read(text: &str) -> Option<Self> {
        let start = text.find(|c: char| c == '+' || c.is_ascii_digit())?;
        let (plus, rest) = match text[start..].strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, &text[start..]),
        };
        // What follows is an extension, a kind of telephone, or another number.
        let usual =
            |c: char| c.is_ascii_digit() || " ()-./\u{a0}\u{2010}\u{2011}\u{2013}".contains(c);
        let end = rest.find(|c| !usual(c)).unwrap_or(rest.len());
        // `+43 (0)1`: the zero is for callers at home.
        let number = rest[..end].replace("(0)", "");
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let (dialled, digits) = match (plus, digits.strip_prefix("00"), digits.strip_prefix('0')) {
            (true, ..) => (Dialled::Abroad, digits.trim_start_matches('0')),
            (false, Some(rest), _) => (Dialled::Abroad, rest.trim_start_matches('0')),
            (false, None, Some(rest)) => (Dialled::Home, rest),
            (false, None, None) => (Dialled::Bare, digits.as_str()),
        };
        (6..=17).contains(&digits.len()).then(|| Self {
            dialled,
            digits: digits.to_owned(),
        })
    }

    fn asked(&self) -> Forms {
        let mut forms = Vec::new();
        if self.dialled != Dialled::Home
            && let Some((country, national)) = parts(&self.digits)
        {
            forms.push((Form::Phone, abroad(country, national)));
        }
        if self.dialled != Dialled::Abroad && self.digits.len() >= NATIONAL {
            forms.push((Form::PhoneNational, self.digits.as_str().into()));
        }
        forms
    }
}

fn abroad(country: &str, national: &str) -> Text {
    format!("+{country}{national}").into()
}

/// Country code and number. No code is the beginning of another one: 1 and 7 have one digit, those
/// of the table two, all others three. A zero behind it, for callers at home, is left out.
fn parts(digits: &str) -> Option<(&str, &str)> {
    const TWO: &[&str] = &[
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let length = match digits.get(..2)? {
        two if two.starts_with(['1', '7']) => 1,
        two if TWO.contains(&two) => 2,
        _ => 3,
    };
    let (country, rest) = digits.split_at_checked(length)?;
    let national = rest.trim_start_matches('0');
    let usual = national.len() >= 5 && (7..=15).contains(&(length + national.len()));
    usual.then_some((country, national))
}

/// A mail address in small letters. Dots and what follows a plus are left out where the provider
/// is known to deliver to one box whatever they are.
fn email(text: &str) -> Option<Text> {
    let text = text.trim().trim_matches(['<', '>']).trim_end_matches('.');
    let text = text.strip_prefix("mailto:").unwrap_or(text).to_lowercase();
    let (name, host) = text.rsplit_once('@')?;
    let fit =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    let hosted = host.split('.').count() >= 2 && host.split('.').all(|label| !label.is_empty());
    if !fit(name) || !fit(host) || !hosted || text.len() > 254 {
        return None;
    }
    Some(match host {
        "gmail.com" | "googlemail.com" => {
            let name = name.split('+').next()?.replace('.', "");
            (!name.is_empty())
                .then(|| format!("{name}@gmail.com"))?
                .into()
        }
        _ => text.into(),
    })
}

/// What a journey was paid with.
enum Paid {
    /// First six and last four digits.
    Card(Text),
    /// Letters and digits.
    Account(Text),
}

fn payment(text: &str) -> Option<Paid> {
    let plain: Text = text
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '*')
        .map(|c| match c {
            '*' => 'X',
            c => c.to_ascii_uppercase(),
        })
        .collect();
    let bytes = plain.as_bytes();
    if !(6..=34).contains(&bytes.len()) || !plain.is_ascii() {
        return None;
    }
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let of_card = |byte: &u8| byte.is_ascii_digit() || *byte == b'X';
    if (13..=19).contains(&bytes.len()) && bytes.iter().all(of_card) {
        let (first, last) = (&bytes[..6], &bytes[bytes.len() - 4..]);
        let told = digits(first) && digits(last);
        return told
            .then(|| Paid::Card(format!("{}-{}", &plain[..6], &plain[plain.len() - 4..]).into()));
    }
    // A card of which only the end is told could be anybody's.
    let masked = plain.contains("XX") || !bytes.iter().any(u8::is_ascii_digit);
    (!masked).then_some(Paid::Account(plain))
}

/// A month of expiry, MMYY, of `09/27`, `0927` or `09/2027`.
fn month(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let year = match digits.len() {
        4 => digits.get(2..)?,
        6 => digits.get(4..)?,
        _ => return None,
    };
    let month = digits.get(..2)?;
    let known = month
        .parse()
        .is_ok_and(|month: u8| (1..=12).contains(&month));
    known.then(|| format!("{month}{year}"))
}

/// Words and numbers of an address in A-Z and 0-9, each once, in one order.
fn address(text: &str) -> Option<Text> {
    /// An address of more than this is none.
    const MOST: usize = 64;
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST)
        .map(
            |word| match word.is_ascii() || word.contains(|c: char| c.is_ascii_digit()) {
                true => word.to_uppercase(),
                false => oriel_names::romanise(word).text,
            },
        )
        .collect();
    words.sort_unstable();
    words.dedup();
    let numbered = words
        .iter()
        .any(|word| word.contains(|c: char| c.is_ascii_digit()));
    (words.len() >= 3 && numbered).then(|| words.join(" ").into())
}

#[cfg(test)]
mod tests {
    use super::{Form, SelectorKind, asked, listed};
    use SelectorKind::{Address, Email, Payment, Phone};

    /// Whether a listed value is met by a traveller's, and in which form.
    #[track_caller]
    fn check(kind: SelectorKind, list: &str, sent: &str, expect: Option<Form>) {
        let split = |text: &str| match text.split_once(" exp ") {
            Some((value, month)) => (value.to_owned(), Some(month.to_owned())),
            None => (text.to_owned(), None),
        };
        let ((list, dated), (sent, month)) = (split(list), split(sent));
        let listed = listed(kind, &list, None, dated.as_deref()).unwrap();
        let asked = asked(kind, &sent, month.as_deref());
        let met = asked.into_iter().find(|form| listed.contains(form));
        assert_eq!(met.map(|(form, _)| form), expect, "{list} and {sent}");
    }

    #[test]
    fn a_telephone_number_is_one_however_it_is_dialled() {
        let own = "+43 (0)664 555-0123";
        for sent in [
            "+436645550123",
            "0043 664 5550123",
            "VIE T +43/664/5550123 M",
            "+43 0664 5550123 x12",
            "436645550123",
            "+43 664 5550123, +43 1 5550100",
        ] {
            check(Phone, own, sent, Some(Form::Phone));
        }
        check(Phone, own, "VIE 0664 5550123", Some(Form::PhoneNational));
        check(Phone, own, "+44 664 5550123", None);
        check(Phone, own, "+43 664 5550124", None);
        // Seven digits without a country code are somebody's everywhere.
        check(Phone, "+999 5550123", "555 0123", None);
        check(
            Phone,
            "+1 212 555 0123",
            "212-555-0123",
            Some(Form::PhoneNational),
        );
    }

    #[test]
    fn a_mail_address_is_one_where_the_provider_says_so() {
        check(
            Email,
            "Odran@Kestrel.example",
            "<odran@KESTREL.example>",
            Some(Form::Email),
        );
        check(
            Email,
            "o.dran+x@gmail.com",
            "ODRAN@googlemail.com",
            Some(Form::Email),
        );
        check(
            Email,
            "o.dran@kestrel.example",
            "odran@kestrel.example",
            None,
        );
        check(
            Email,
            "odran+x@kestrel.example",
            "odran@kestrel.example",
            None,
        );
    }

    #[test]
    fn of_a_card_what_is_kept_is_compared() {
        let whole = "4111 1111 1111 1111";
        check(Payment, whole, "411111XXXXXX1111", Some(Form::Card));
        check(
            Payment,
            "411111******1111",
            "411111XXXXXX1111 exp 0927",
            Some(Form::Card),
        );
        check(Payment, whole, "411111XXXXXX1112", None);
        let dated = "4111111111111111 exp 09/27";
        check(
            Payment,
            dated,
            "411111XXXXXX1111 exp 0927",
            Some(Form::CardDated),
        );
        check(Payment, dated, "411111XXXXXX1111 exp 1027", None);
        check(Payment, dated, "411111XXXXXX1111", Some(Form::CardUndated));
        check(Payment, "UT12 3456 789", "ut123456789", Some(Form::Account));
        check(Payment, whole, "XXXXXXXXXXXX1111", None);
    }

    #[test]
    fn no_digit_from_the_middle_of_a_card_is_left() {
        for value in ["4111 1122 3344 1111", "4111112233441111"] {
            let forms = [
                listed(Payment, value, None, Some("0927")).unwrap(),
                asked(Payment, value, Some("0927")),
            ];
            for (_, text) in forms.iter().flatten() {
                assert!(!text.contains("22") && !text.contains("44"), "{text}");
            }
        }
    }

    #[test]
    fn an_address_is_its_words() {
        let own = "12 Sample Street, 1010 Utopolis";
        check(
            Address,
            own,
            "UTOPOLIS 1010 / SAMPLE STREET 12",
            Some(Form::Address),
        );
        check(
            Address,
            "Probegasse 7, Wörth",
            "PROBEGASSE 7 WOERTH",
            Some(Form::Address),
        );
        check(Address, own, "14 SAMPLE STREET 1010 UTOPOLIS", None);
    }

    #[test]
    fn a_value_that_could_be_anybodys_is_refused_and_not_repeated() {
        for (kind, value, reason) in [
            (Phone, "0664 5550123", "no country code"),
            (Phone, "+43 12", "not a telephone number"),
            (Phone, "call me", "not a telephone number"),
            (Phone, "+4312345678901234567", "not a telephone number"),
            (Email, "odran", "not a mail address"),
            (Email, "odran@kestrel", "not a mail address"),
            (Email, "@kestrel.example", "not a mail address"),
            (Payment, "XXXXXXXXXXXX1111", "first six and last four"),
            (Payment, "cash", "not a card or account"),
            (Address, "Utopolis", "at least three words"),
            (Address, "Sample Street Utopolis", "a number among them"),
        ] {
            let refused = listed(kind, value, None, None).unwrap_err();
            assert!(refused.contains(reason), "{refused}");
        }
        let undated = listed(Payment, "4111111111111111", None, Some("1327"));
        assert_eq!(undated.unwrap_err(), "not a month of expiry, MMYY");
        let home = listed(Phone, "0664 5550123", Some("43"), None).unwrap();
        assert_eq!(home[0].1, "+436645550123");
    }

    #[test]
    fn no_text_makes_reading_panic() {
        for text in [
            "",
            "+",
            "0",
            "00",
            "@",
            "\u{301}",
            "＋４３",
            "é@ü",
            "9".repeat(500).as_str(),
            "(0)(0)(0)",
        ] {
            for (_, kind) in SelectorKind::ROWS {
                let _ = (
                    listed(*kind, text, None, Some(text)),
                    asked(*kind, text, Some(text)),
                );
            }
        }
    }
}
