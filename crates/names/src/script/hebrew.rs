//! Hebrew and Yiddish letters by sound. Vowels are mostly not written.

/// The sound of a letter; `initial`: it begins a word.
pub(super) fn letter(c: char, initial: bool, next: Option<char>) -> Option<&'static str> {
    let last = !next.is_some_and(char::is_alphabetic);
    Some(match c {
        'ה' if last && !initial => "A",
        'א' | 'ע' if initial => "A",
        'א' | 'ע' => "",
        'ב' if initial => "B",
        'ב' => "V",
        'ג' => "G",
        'ד' => "D",
        'ה' | 'ח' => "H",
        'ו' if initial => "V",
        'ו' | 'װ' => "U",
        'ז' => "Z",
        'ט' | 'ת' => "T",
        'י' if initial => "Y",
        'י' | 'ײ' | 'ױ' => "I",
        'כ' | 'ך' | 'ק' => "K",
        'ל' => "L",
        'מ' | 'ם' => "M",
        'נ' | 'ן' => "N",
        'ס' => "S",
        'פ' if initial => "P",
        'פ' | 'ף' => "F",
        'צ' | 'ץ' => "TZ",
        'ר' => "R",
        'ש' => "SH",
        _ => return None,
    })
}
