//! ZIP archives, and workbooks of one sheet.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;

/// A ZIP archive of files, deflated or as they are.
pub fn zip(files: &[(&str, &str)], deflate: bool) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        let packed = match deflate {
            true => deflated(text.as_bytes()),
            false => text.as_bytes().to_vec(),
        };
        let start = (bytes.len() as u32).to_le_bytes();
        // Method, time, date, checksum, sizes, length of the name.
        let mut common = vec![if deflate { 8 } else { 0 }, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((text.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        bytes.extend(b"PK\x03\x04\x14\0\0\0");
        bytes.extend(&common);
        bytes.extend([0; 2]);
        bytes.extend(name.bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0");
        directory.extend(&common);
        directory.extend([0; 12]);
        directory.extend(start.into_iter().chain(name.bytes()));
    }
    let at = (bytes.len() as u32).to_le_bytes();
    let count = (files.len() as u16).to_le_bytes();
    let size = (directory.len() as u32).to_le_bytes();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend([size, at].concat());
    bytes.extend([0; 2]);
    bytes
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .expect("memory takes what is written");
    encoder.finish().expect("memory takes what is written")
}

/// A workbook whose sheets hold these rows, as XML without their frame, and whose second style
/// shows a day.
pub fn workbook(sheets: &[&str]) -> Vec<u8> {
    let names: Vec<String> = (1..=sheets.len())
        .map(|n| format!("xl/worksheets/sheet{n}.xml"))
        .collect();
    let sheets: Vec<String> = sheets
        .iter()
        .map(|rows| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))
        .collect();
    let mut files = vec![
        ("xl/workbook.xml", "<workbook/>"),
        (
            "xl/styles.xml",
            "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        ),
    ];
    let sheets = names.iter().zip(&sheets);
    files.extend(sheets.map(|(name, sheet)| (name.as_str(), sheet.as_str())));
    zip(&files, true)
}
