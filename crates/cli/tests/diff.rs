//! `oriel diff`: what changed between two pushes. Everybody here is invented.

use oriel_testkit::TempDir;
use std::process::Command;

fn push(function: &str, hour: u8, bookings: &str) -> String {
    format!(
        "UNB+IATA:1+ZQ+UTOPIU+270312:{hour:02}00+1++PNRGOV'UNH+1+PNRGOV:13:1:IA+X+01:F'\
         MSG+:{function}'ORG+ZQ:HEL'TVL+120327:1340:120327:1755+HEL+ATH+ZQ+0731'EQN+1'{bookings}\
         UNT+1+1'UNZ+1+1'"
    )
}

fn booking(locator: &str, name: &str, seat: &str) -> String {
    format!(
        "SRC'RCI+ZQ:{locator}'TIF+{name}:I+ANNAMS:A:1'\
         TVL+120327:1340:120327:1755+HEL+ATH+ZQ+731:Y'RPI+1+HK'\
         SSR+SEAT:HK:1:ZQ:::HEL:ATH+{seat}::1'"
    )
}

/// Exit code and lines of `oriel diff` over two pushes.
fn diff(before: &str, after: &str) -> (Option<i32>, Vec<String>) {
    let dir = TempDir::new("diff");
    std::fs::write(dir.path().join("a.edi"), before).unwrap();
    std::fs::write(dir.path().join("b.edi"), after).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_oriel"))
        .args(["diff", "a.edi", "b.edi", "--format", "text"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code(),
        text.lines().map(str::to_owned).collect(),
    )
}

#[test]
fn each_change_is_one_line_and_the_same_push_has_none() {
    let before = push(
        "22",
        6,
        &(booking("AAAAAA", "ALPHA", "014C") + &booking("BBBBBB", "BRAVO", "015C")),
    );
    let after = push(
        "22",
        7,
        &(booking("CCCCCC", "CHARLIE", "016C") + &booking("AAAAAA", "ALPHA", "022F")),
    );
    assert_eq!(diff(&before, &before), (Some(0), Vec::new()));
    let flight = "ZQ731 HEL-ATH 2027-03-12";
    let (exit, mut lines) = diff(&before, &after);
    lines.sort();
    let expect = [
        "booking ZQ/BBBBBB removed",
        "booking ZQ/CCCCCC added",
        "traveller ALPHA/ANNA changed: seat \"14C\" -> \"22F\"",
        "traveller BRAVO/ANNA removed",
        "traveller CHARLIE/ANNA added",
    ];
    assert_eq!(lines, expect.map(|line| format!("{flight} {line}")));
    assert_eq!(exit, Some(1));
}
