//! From national spelling to the letters of a passport's machine readable zone.
//!
//! - In: a name in Latin or Cyrillic letters.  Out: `A` to `Z` and blanks.
//! - Source: ICAO Doc 9303 part 3, section 6 (transliteration tables); the first variant where it
//!   allows several.
//! - Invariant: hyphens become blanks, apostrophes vanish, as in the machine readable zone.

use oriel_model::Text;

/// The name as a passport prints it.
pub(crate) fn passport(name: &str) -> Text {
    let mut out = Text::default();
    for c in name.chars() {
        match c {
            'A'..='Z' | ' ' => out.push(c),
            'a'..='z' => out.push(c.to_ascii_uppercase()),
            '-' => out.push(' '),
            '\'' | '’' | '.' => {}
            _ => out.push_str(letters(c)),
        }
    }
    out
}

/// The letters of one character beyond ASCII; nothing for a character that has none.
fn letters(c: char) -> &'static str {
    match c {
        'À' | 'Á' | 'Â' | 'Ã' | 'à' | 'á' | 'â' | 'ã' | 'Ă' | 'ă' | 'Ą' | 'ą' | 'Ā' | 'ā' => {
            "A"
        }
        'Ä' | 'ä' | 'Æ' | 'æ' => "AE",
        'Å' | 'å' => "AA",
        'Ç' | 'ç' | 'Ć' | 'ć' | 'Č' | 'č' => "C",
        'Ď' | 'ď' | 'Đ' | 'đ' | 'Ð' | 'ð' => "D",
        'È' | 'É' | 'Ê' | 'Ë' | 'è' | 'é' | 'ê' | 'ë' | 'Ę' | 'ę' | 'Ě' | 'ě' | 'Ə' | 'ə' => {
            "E"
        }
        'Ğ' | 'ğ' => "G",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'ì' | 'í' | 'î' | 'ï' | 'İ' | 'ı' => "I",
        'Ł' | 'ł' => "L",
        'Ñ' | 'ñ' | 'Ń' | 'ń' | 'Ň' | 'ň' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'ò' | 'ó' | 'ô' | 'õ' | 'Ő' | 'ő' => "O",
        'Ö' | 'ö' | 'Ø' | 'ø' => "OE",
        'Ř' | 'ř' => "R",
        'Ś' | 'ś' | 'Š' | 'š' | 'Ş' | 'ş' => "S",
        'ß' | 'ẞ' => "SS",
        'Ť' | 'ť' | 'Ţ' | 'ţ' => "T",
        'Þ' | 'þ' => "TH",
        'Ù' | 'Ú' | 'Û' | 'ù' | 'ú' | 'û' | 'Ů' | 'ů' | 'Ű' | 'ű' => "U",
        'Ü' | 'ü' => "UE",
        'Ý' | 'ý' => "Y",
        'Ź' | 'ź' | 'Ż' | 'ż' | 'Ž' | 'ž' => "Z",
        'А' | 'а' => "A",
        'Б' | 'б' => "B",
        'В' | 'в' => "V",
        'Г' | 'г' => "G",
        'Ґ' | 'ґ' => "G",
        'Д' | 'д' => "D",
        'Е' | 'е' | 'Ё' | 'ё' | 'Э' | 'э' => "E",
        'Є' | 'є' => "IE",
        'Ж' | 'ж' => "ZH",
        'З' | 'з' => "Z",
        'И' | 'и' | 'І' | 'і' | 'Ї' | 'ї' | 'Й' | 'й' => "I",
        'К' | 'к' => "K",
        'Л' | 'л' => "L",
        'М' | 'м' => "M",
        'Н' | 'н' => "N",
        'О' | 'о' => "O",
        'П' | 'п' => "P",
        'Р' | 'р' => "R",
        'С' | 'с' => "S",
        'Т' | 'т' => "T",
        'У' | 'у' => "U",
        'Ф' | 'ф' => "F",
        'Х' | 'х' => "KH",
        'Ц' | 'ц' => "TS",
        'Ч' | 'ч' => "CH",
        'Ш' | 'ш' => "SH",
        'Щ' | 'щ' => "SHCH",
        'Ъ' | 'ъ' => "IE",
        'Ы' | 'ы' => "Y",
        'Ю' | 'ю' => "IU",
        'Я' | 'я' => "IA",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::passport;

    #[test]
    fn national_letters_become_those_of_the_passport() {
        for (name, expect) in [
            ("Müller-Straßner", "MUELLER STRASSNER"),
            ("O'Connell", "OCONNELL"),
            ("Þórunn Ægisdóttir", "THORUNN AEGISDOTTIR"),
            ("Łucja Żółkiewska", "LUCJA ZOLKIEWSKA"),
            ("Щукина", "SHCHUKINA"),
            ("İlkay Ağaoğlu", "ILKAY AGAOGLU"),
        ] {
            assert_eq!(passport(name), expect);
        }
    }
}
