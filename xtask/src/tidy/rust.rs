//! Enough of Rust's grammar to tell code from comments, literals and tests.
//!
//! Invariant: the text that comes out has the same line breaks at the same places, so that line
//! numbers still hold.

/// The code of a source file: comments and the contents of literals are blanks.
pub(super) fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = at
            + match rest {
                [b'/', b'/', ..] => line_comment(rest),
                [b'/', b'*', ..] => block_comment(rest),
                [b'"', ..] => string(rest),
                [b'r', b'"' | b'#', ..] if !word_before(bytes, at) => match raw_string(rest) {
                    Some(length) => length,
                    None => {
                        at += 1;
                        continue;
                    }
                },
                [b'\'', ..] => character(rest),
                _ => {
                    at += 1;
                    continue;
                }
            };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    // Whole literals and comments were blanked, so what is left is the text minus whole characters.
    String::from_utf8_lossy(&out).into_owned()
}

/// The code of a source file without its tests.
pub(super) fn shipped(text: &str) -> String {
    let mut code = code(text);
    let mut from = 0;
    while let Some(start) = code[from..].find("#[cfg(test)]").map(|found| from + found) {
        let end = item_end(&code, start);
        let blank: String = code[start..end]
            .chars()
            .map(|c| if c == '\n' { c } else { ' ' })
            .collect();
        code.replace_range(start..end, &blank);
        from = start + blank.len();
    }
    code
}

/// Whether a file of this path is nothing but tests, benches or examples.
pub(super) fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "benches" | "examples" | "tests.rs"))
}

/// The item under the attribute at `start` ends at its `;` or at the brace that closes it.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_u32;
    for (offset, byte) in code[start..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return start + offset + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn word_before(bytes: &[u8], at: usize) -> bool {
    at > 0
        && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
        && bytes[at - 1] != b'b'
}

fn line_comment(rest: &[u8]) -> usize {
    rest.iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (2, 1);
    while at < rest.len() && depth > 0 {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at.min(rest.len())
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.resize(1 + hashes, b'#');
    let body = &rest[2 + hashes..];
    let length = body.windows(close.len()).position(|window| window == close);
    Some(length.map_or(rest.len(), |length| 2 + hashes + length + close.len()))
}

/// A character literal, or 1 for the quote of a lifetime.
fn character(rest: &[u8]) -> usize {
    match rest {
        [_, b'\\', _, tail @ ..] => tail
            .iter()
            .position(|byte| *byte == b'\'')
            .map_or(1, |n| n + 4),
        [_, first, ..] => {
            let length = match first {
                0..0x80 => 1,
                0x80..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
            if rest.get(1 + length) == Some(&b'\'') {
                2 + length
            } else {
                1
            }
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> String {
        code.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        for (text, expect) in [
            ("a // b\nc", "a c"),
            ("a /* b /* c */ d */ e", "a e"),
            (r#"a("b \" c") d"#, "a( ) d"),
            ("a(r#\"b \" c\"#) d", "a( ) d"),
            (r"a('x', '\'', '\u{41}', 'é') d", "a( , , , ) d"),
            ("fn f<'a>(x: &'a str) {}", "fn f< a>(x: & a str) {}"),
            ("r#type b\"c\" for_r", "r#type b for_r"),
        ] {
            assert_eq!(words(&code(text)), expect, "{text}");
        }
    }

    #[test]
    fn tests_are_not_shipped() {
        let text = "a();\n#[cfg(test)]\nmod tests {\n    fn f() { b(\"}\") }\n}\nc();\n#[cfg(test)]\nmod t;\nd();";
        assert_eq!(words(&shipped(text)), "a(); c(); d();");
    }

    #[test]
    fn line_numbers_hold() {
        let text = "\"a\nb\" /* c\nd */ // é\ne";
        assert_eq!(code(text).lines().count(), 4);
        assert!(code(text).ends_with("\ne"));
    }
}
