//! A full disk: a sentence, an exit code, nothing half-written, and on with it once there is room.
//!
//! The disk is a small file system in memory, in a namespace of its own.

use oriel_testkit::{TempDir, any_keys};
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
    check(&dir, &script);
}

/// Runs a script in a namespace of its own. It prints how the first ingest and the check of the
/// audit log ended, then the state after everything and that of an undisturbed run.
#[track_caller]
fn check(dir: &TempDir, script: &str) {
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .env("ORIEL_KEYS", any_keys().file())
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

/// The tables lie on a small disk, the server's log elsewhere: a full log stops the server, which
/// is then the server's own affair. It runs as somebody else in a namespace, because it refuses
/// root.
#[test]
fn a_full_disk_of_the_database_server_is_said_and_survived() {
    let dir = TempDir::new("disk");
    let at = dir.path().to_str().unwrap();
    let oriel = env!("CARGO_BIN_EXE_oriel");
    let url = format!("postgres://oriel@{}/postgres", at.replace('/', "%2F"));
    let bin = oriel_testkit::postgres_programs();
    let bin = bin.display();
    let script = format!(
        "set -u
         mkdir -p {at}/disk && mount -t tmpfs -o size=200m none {at}/disk || exit 99
         nobody=\"unshare --user --map-user=$(id -u nobody) --map-group=$(id -g nobody)\"
         $nobody {bin}/initdb -D {at}/disk/data --waldir={at}/wal --no-sync -U oriel --auth=trust \
           --encoding=UTF8 --locale=C.UTF-8 >{at}/initdb 2>&1 || exit 98
         $nobody {bin}/postgres -D {at}/disk/data -k {at} -c listen_addresses= >{at}/log 2>&1 &
         server=$!
         until {bin}/pg_isready -q -h {at}; do sleep 0.05; kill -0 $server || exit 97; done
         {oriel} simulate --seed 9 --travellers 300 --out {at}/world >/dev/null
         {oriel} ingest {at}/initdb --data '{url}' >/dev/null 2>&1
         room=$(df --output=avail -k {at}/disk | tail -1)
         head -c $(( (room - 400) * 1024 )) /dev/zero >{at}/disk/ballast
         {oriel} ingest {at}/world/messages --data '{url}' >{at}/out 2>{at}/errors
         echo first $?
         rm {at}/disk/ballast
         {oriel} audit verify --data '{url}' >/dev/null; echo audit $?
         {oriel} ingest {at}/world/messages --data '{url}' >/dev/null 2>&1
         {oriel} stats --data '{url}' --digest --format json
         {oriel} ingest {at}/initdb --data {at}/calm >/dev/null 2>&1
         {oriel} ingest {at}/world/messages --data {at}/calm >/dev/null 2>&1
         {oriel} stats --data {at}/calm --digest --format json
         kill -INT $server; wait $server"
    );
    check(&dir, &script);
}
