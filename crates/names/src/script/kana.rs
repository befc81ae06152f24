//! Japanese syllables by the Hepburn table that passports use; long vowels are not written.
//!
//! Source: the table of Cabinet Notification No. 1 of 1954 and its Hepburn forms, general knowledge.

/// Rows of katakana from U+30A1; hiragana lie 0x60 before them.
const TABLE: &str = "A A I I U U E E O O KA GA KI GI KU GU KE GE KO GO SA ZA SHI JI SU ZU SE ZE SO ZO \
TA DA CHI JI - TSU ZU TE DE TO DO NA NI NU NE NO HA BA PA HI BI PI FU BU PU HE BE PE HO BO PO \
MA MI MU ME MO YA YA YU YU YO YO RA RI RU RE RO WA WA I E O N V";

/// Writes a syllable, if `c` is one.
pub(super) fn push(out: &mut String, c: char) -> bool {
    let code = u32::from(c);
    let at = match code {
        0x3041..=0x3094 => code - 0x3041,
        0x30A1..=0x30F4 => code - 0x30A1,
        // The mark of a long vowel.
        0x30FC => return true,
        _ => return false,
    };
    let Some(syllable) = TABLE.split(' ').nth(at as usize) else {
        return true;
    };
    // A small vowel changes the syllable before it: KI + small YA is KYA, SHI + small YO is SHO.
    let small = matches!(at, 0 | 2 | 4 | 6 | 8 | 66 | 68 | 70);
    match syllable {
        // A small TSU doubles what follows.
        "-" => {}
        _ if small && out.ends_with(['I', 'U', 'E', 'O']) => {
            out.pop();
            let soft = out.ends_with("SH") || out.ends_with("CH") || out.ends_with('J');
            let kept = if soft {
                syllable.trim_start_matches('Y')
            } else {
                syllable
            };
            out.push_str(kept);
        }
        // U after O or U, and a vowel after itself, make it long.
        "U" if out.ends_with(['O', 'U']) => {}
        "O" if out.ends_with('O') => {}
        _ => out.push_str(syllable),
    }
    true
}
