//! Looks for tokens in bytes, in every form in which the program or a server writes bytes down.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::read::MultiGzDecoder;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Named bytes in which nothing forbidden may stand.
pub(crate) type Held = Vec<(String, Vec<u8>)>;

/// What every token begins with, in each of its forms. Tokens of one run share it, so that one search
/// of each file tells whether any of them is there.
pub(crate) struct Stem(Vec<Vec<u8>>);

impl Stem {
    pub(crate) fn new(text: &str) -> Self {
        let hex = |upper: bool| -> Vec<u8> {
            let digits = text.bytes().map(|byte| match upper {
                true => format!("{byte:02X}"),
                false => format!("{byte:02x}"),
            });
            digits.collect::<String>().into_bytes()
        };
        let wide = |text: &str, big: bool| -> Vec<u8> {
            let units = text.encode_utf16();
            let bytes = units.map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            });
            bytes.flatten().collect()
        };
        let mut forms = vec![
            // ASCII, and so ISO 8859 and UTF-8 alike.
            text.as_bytes().to_vec(),
            text.to_lowercase().into_bytes(),
            hex(false),
            hex(true),
            wide(text, false),
            wide(text, true),
        ];
        // Base 64 has three spellings, by what stands before; only whole groups are sure.
        for before in 0..3 {
            let text = [&b"xx"[..before], text.as_bytes()].concat();
            let spelt = STANDARD_NO_PAD.encode(&text[..text.len() / 3 * 3]);
            let sure = if before == 0 { 0 } else { 4 };
            forms.push(spelt.as_bytes()[sure..].to_vec());
        }
        Self(forms)
    }

    /// Where it stands in the bytes, or in what they are once unpacked.
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        let stands = |bytes: &[u8]| {
            let mut forms = self.0.iter();
            forms.any(|form| memchr::memmem::find(bytes, form).is_some())
        };
        stands(bytes)
            || memchr::memmem::find_iter(bytes, b"\x1f\x8b\x08").any(|at| {
                let mut unpacked = Vec::new();
                // As far as it can be read; what is no gzip gives nothing.
                let _ = MultiGzDecoder::new(&bytes[at..]).read_to_end(&mut unpacked);
                stands(&unpacked)
            })
    }

    /// The first place for a reader of the test's failure, with what stands around it.
    fn around(&self, bytes: &[u8]) -> String {
        let found = |form: &Vec<u8>| memchr::memmem::find(bytes, form);
        let Some(at) = self.0.iter().find_map(found) else {
            return "packed".to_owned();
        };
        let part = &bytes[at.saturating_sub(120)..bytes.len().min(at + 80)];
        String::from_utf8_lossy(part).into_owned()
    }
}

/// Every file below a folder; one that a server removes meanwhile is no byte that stays.
pub(crate) fn files(dir: &Path) -> Held {
    fn walk(dir: &Path, held: &mut Held) {
        let Ok(entries) = fs::read_dir(dir) else {
            return;
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                walk(&path, held);
            } else if let Ok(bytes) = fs::read(&path) {
                held.push((path.display().to_string(), bytes));
            }
        }
    }
    let mut held = Vec::new();
    walk(dir, &mut held);
    held
}

/// Fails where one of the stems stands in something.
#[track_caller]
pub(crate) fn refuse(stems: &[Stem], held: &Held) {
    assert!(!held.is_empty(), "nothing to look at");
    for (name, bytes) in held {
        for stem in stems {
            assert!(
                !stem.is_in(bytes),
                "{name} holds what it may not: {}",
                stem.around(bytes)
            );
        }
    }
}

#[test]
fn a_token_is_found_in_every_form() {
    let stem = Stem::new("KANAR");
    let mut gzip = flate2::write::GzEncoder::new(b"before".to_vec(), flate2::Compression::best());
    std::io::Write::write_all(&mut gzip, b"a KANAR00001 in it").unwrap();
    for bytes in [
        b"..KANAR00001..".to_vec(),
        b"kanar00001".to_vec(),
        b"\\x4b414e4152".to_vec(),
        b"4B414E4152".to_vec(),
        b"K\0A\0N\0A\0R\0".to_vec(),
        STANDARD_NO_PAD.encode(b"KANAR00001").into_bytes(),
        STANDARD_NO_PAD.encode(b"1KANAR00001").into_bytes(),
        STANDARD_NO_PAD.encode(b"12KANAR00001").into_bytes(),
        gzip.finish().unwrap(),
    ] {
        assert!(stem.is_in(&bytes), "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(!stem.is_in(b"KANA R00001"));
}
