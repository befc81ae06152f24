//! Thai letters by sound. Short vowels between consonants are mostly not written.
//!
//! - Source: Royal Thai General System of Transcription, general knowledge; aspiration is left out,
//!   as names in passports mostly do not show it reliably.
//! - Invariant: a vowel written before its consonant is heard behind it; a letter under the mark of
//!   silence is not written.

/// Writes a word of Thai letters.
pub(super) fn word(out: &mut String, letters: &[char]) {
    let mut held = "";
    for (i, c) in letters.iter().enumerate() {
        let next = letters.get(i + 1).copied();
        // The mark of silence stands behind the letter or behind its vowel.
        let second = letters.get(i + 2).copied();
        let silenced = next == Some(SILENT) || next.is_some_and(is_sign) && second == Some(SILENT);
        if let Some(sound) = consonant(*c) {
            if !silenced {
                out.push_str(sound);
                out.push_str(held);
            }
            held = "";
        } else if let Some(sound) = leading(*c) {
            held = sound;
        } else if let Some(sound) = vowel(*c)
            && next != Some(SILENT)
        {
            out.push_str(sound);
        }
    }
    out.push_str(held);
}

const SILENT: char = '\u{0E4C}';

pub(super) fn is_thai(c: char) -> bool {
    ('\u{0E01}'..='\u{0E4E}').contains(&c)
}

fn is_sign(c: char) -> bool {
    matches!(c, '\u{0E34}'..='\u{0E3A}')
}

fn leading(c: char) -> Option<&'static str> {
    Some(match c {
        'เ' => "E",
        'แ' => "AE",
        'โ' => "O",
        'ใ' | 'ไ' => "AI",
        _ => return None,
    })
}

fn vowel(c: char) -> Option<&'static str> {
    Some(match c {
        'ะ' | 'ั' | 'า' => "A",
        'ำ' => "AM",
        'ิ' | 'ี' => "I",
        'ึ' | 'ื' | 'ุ' | 'ู' => "U",
        _ => return None,
    })
}

fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'ก' | 'ข' | 'ฃ' | 'ค' | 'ฅ' | 'ฆ' => "K",
        'ง' => "NG",
        'จ' | 'ฉ' | 'ช' | 'ฌ' => "CH",
        'ซ' | 'ศ' | 'ษ' | 'ส' => "S",
        'ญ' | 'ย' => "Y",
        'ฎ' | 'ด' => "D",
        'ฏ' | 'ต' | 'ฐ' | 'ฑ' | 'ฒ' | 'ถ' | 'ท' | 'ธ' => "T",
        'ณ' | 'น' => "N",
        'บ' => "B",
        'ป' | 'ผ' | 'พ' | 'ภ' => "P",
        'ฝ' | 'ฟ' => "F",
        'ม' => "M",
        'ร' => "R",
        'ล' | 'ฬ' => "L",
        'ว' => "W",
        'ห' | 'ฮ' => "H",
        'อ' => "O",
        'ฤ' => "RU",
        _ => return None,
    })
}
