//! `oriel validate`: points at everything odd in messages, with the place and the advice.

use super::Format;
use crate::output::{Exit, print};
use oriel_messages::{Decoded, Transmission};
use oriel_model::{Finding, Severity};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Message files; `-` reads standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Also fail on this severity.
    #[arg(long, value_parser = ["warn", "error"], default_value = "error")]
    deny: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut worst = None;
    let (mut messages, mut findings) = (0, 0);
    for path in super::files(&args.files)? {
        let bytes = super::read_input(&path)?;
        let name = path.display().to_string();
        let transmission = Transmission::open(&bytes);
        for (number, decoded) in (1..).zip(transmission.decode()) {
            messages += 1;
            findings += decoded.findings.len();
            worst = worst.max(decoded.severity());
            for finding in &decoded.findings {
                if Format::chosen(args.format).is_json() {
                    let mut object = super::decode::finding(finding);
                    object["file"] = name.clone().into();
                    object["message_number"] = number.into();
                    print(&object.to_string())?;
                } else {
                    print(&pointed(
                        &name,
                        number,
                        transmission.bytes(),
                        &decoded,
                        finding,
                    ))?;
                }
            }
        }
    }
    if !Format::chosen(args.format).is_json() {
        print(&format!("{messages} messages, {findings} findings"))?;
    }
    let limit = if args.deny == "warn" {
        Severity::Warning
    } else {
        Severity::Error
    };
    Ok(if worst >= Some(limit) {
        Exit::Found
    } else {
        Exit::Clean
    })
}

/// Where, the line as sent, what is wrong, what to do.
fn pointed(
    name: &str,
    number: usize,
    bytes: &[u8],
    decoded: &Decoded,
    finding: &Finding,
) -> String {
    let kind = finding.kind;
    let place = if finding.segment > 0 {
        format!(
            "message {number}, segment {} {}, ",
            finding.segment,
            finding.tag()
        )
    } else {
        String::new()
    };
    let mut text = format!(
        "{}[{}]: {}\n  --> {name}, {place}bytes {}..{}",
        kind.severity.name(),
        kind.code,
        kind.text,
        finding.at.start,
        finding.at.end
    );
    if let Some((line, column, width)) = line_of(bytes, decoded, finding) {
        let gutter = finding.segment.to_string();
        let blank = " ".repeat(gutter.len());
        text += &format!(
            "\n{blank} |\n{gutter} | {line}\n{blank} | {}{}",
            " ".repeat(column),
            "^".repeat(width)
        );
    }
    text + &format!("\n  = source: {}\n  = help: {}\n", kind.source, kind.advice)
}

/// The segment around a finding as printable text, and where in it the finding stands.
fn line_of(bytes: &[u8], decoded: &Decoded, finding: &Finding) -> Option<(String, usize, usize)> {
    const REACH: usize = 60;
    if finding.at.end > bytes.len() || finding.at.is_empty() {
        return None;
    }
    let terminator = decoded.service.terminator;
    let low = finding.at.start.saturating_sub(REACH);
    let start = bytes[low..finding.at.start]
        .iter()
        .rposition(|b| *b == terminator || *b == b'\n')
        .map_or(low, |at| low + at + 1);
    let high = (finding.at.end + REACH).min(bytes.len());
    let end = bytes[finding.at.end..high]
        .iter()
        .position(|b| *b == terminator || *b == b'\n')
        .map_or(high, |at| finding.at.end + at + 1);
    let end = end.min(start + 3 * REACH);
    let line: String = bytes[start..end]
        .iter()
        .map(|b| {
            if b.is_ascii_graphic() || *b == b' ' {
                char::from(*b)
            } else {
                '.'
            }
        })
        .collect();
    let column = finding.at.start - start;
    let width = (finding.at.end.min(end))
        .saturating_sub(finding.at.start)
        .max(1);
    Some((line, column, width))
}
