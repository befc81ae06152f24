//! A full disk: a sentence, an exit code, nothing half-written, and on with it once there is room.
//!
//! The disk is a small file system in memory, in a namespace of its own.

use oriel_testkit::TempDir;
use std::process::Command;

#[test]
fn a_full_disk_is_said_and_survived() {
    let dir = TempDir::new("disk");
    let at = dir.path().to_str().unwrap();
    let oriel = env!("CARGO_BIN_EXE_oriel");
    let script = format!(
        "set -u
         mkdir -p {at}/disk && mount -t tmpfs -o size=600k none {at}/disk || exit 99
         {oriel} simulate --seed 9 --travellers 300 --out {at}/world >/dev/null
         {oriel} ingest {at}/world/messages --data {at}/disk >{at}/out 2>{at}/errors
         echo first $?
         mount -o remount,size=100m {at}/disk
         {oriel} audit verify --data {at}/disk >/dev/null; echo audit $?
         {oriel} ingest {at}/world/messages --data {at}/disk >/dev/null 2>&1
         {oriel} stats --data {at}/disk --digest --format json
         {oriel} ingest {at}/world/messages --data {at}/calm >/dev/null 2>&1
         {oriel} stats --data {at}/calm --digest --format json"
    );
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_ne!(
        output.status.code(),
        Some(99),
        "this test mounts a small disk in a namespace of its own, which this machine forbids: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..2], ["first 8", "audit 0"], "{said}");
    let errors = std::fs::read_to_string(dir.path().join("errors")).unwrap();
    assert!(
        errors.contains("the disk that holds the store is full"),
        "{errors}"
    );
    let digest = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        object["digest"].clone()
    };
    assert_eq!(digest(lines[2]), digest(lines[3]), "after room was made");
}
