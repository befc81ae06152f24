//! What an independent audit is given: complete, the same each time, signed, and without travellers.
//!
//! The traffic is the simulator's, seed 5; everybody is invented.

use jiff::Timestamp;
use oriel_app::{App, Setup};
use oriel_casework::Verdict;
use oriel_policy::{Act, Actor, CheckMode, Grant, Purpose, Role};
use oriel_screening::Weights;
use oriel_store::Store;
use oriel_testkit::{Place, TempDir, any_keys};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

#[track_caller]
fn check(dir: &Path, line: &str, exit: i32, says: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_oriel"))
        .args(line.split(' '))
        .env("ORIEL_KEYS", any_keys().file())
        .current_dir(dir)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap());
    let said = said.concat();
    let code = output.status.code().unwrap();
    assert_eq!(code, exit, "{line}: {said}");
    assert!(said.contains(says), "{line} does not say {says:?}: {said}");
    said
}

/// Decides every hit as not the same; how many decisions that were.
fn review(data: &str) -> usize {
    let app = App::open(Setup {
        store: Store::open(data, any_keys()).unwrap(),
        compartments: Vec::new(),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(Timestamp::now),
        threads: 1,
    })
    .unwrap();
    let purpose = Purpose::parse("assessment=queue");
    let leave = |act| -> Grant {
        let ana = Actor::new("usr_ana", &[Role::Analyst]);
        app.authorize(&ana, act, purpose.as_ref()).unwrap()
    };
    let mut decisions = 0;
    for item in app.queue(&leave(Act::QueueRead)).unwrap() {
        let case = item.case.case.id;
        for hit in app.case(&leave(Act::CaseRead), case).unwrap().hits {
            let (grant, reasons) = (leave(Act::HitDecide), ["N1".to_owned()]);
            let (id, version) = (hit.row.hit.id, hit.row.version);
            app.hit_decide(&grant, case, id, version, Verdict::NotSame, &reasons, "")
                .unwrap();
            decisions += 1;
        }
    }
    decisions
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// R-AUD-08, R-DOC-01, R-DOC-02.
#[test]
fn an_audit_is_given_what_it_can_check_and_nobody_chose() {
    for place in Place::each("pack") {
        let dir = TempDir::new("pack");
        let (at, data) = (dir.path(), place.name());
        let run = |line: &str| check(at, &format!("{line} --data {data}"), 0, "");
        check(at, "simulate --seed 5 --travellers 150 --out world", 0, "");
        run("user add ana --name Ana --role analyst --link");
        run(
            "list import --kind terrorism world/lists/un.xml --id un --name UN --owner Desk \
             --legal-basis invented",
        );
        let ingest = format!("ingest world/messages --data {data}");
        check(at, &ingest, 7, "");
        let decisions = review(&data);
        assert!(decisions > 4, "only {decisions} decisions");
        run("audit export --out export");
        let exported: BTreeSet<String> = lines(&at.join("export/events/000000000001.ndjson"))
            .into_iter()
            .collect();

        // Made twice, it shows the same decisions, each with all that was done about it.
        let until = Timestamp::now();
        let shown = |out: &str| {
            run(&format!(
                "audit pack --sample 3 --until {until} --out {out}"
            ));
            lines(&at.join(out).join("decisions.ndjson"))
        };
        let (first, second) = (shown("first"), shown("second"));
        assert_eq!(first, second);
        let mut objects = BTreeSet::new();
        for event in &first {
            assert!(exported.contains(event), "{event} is not in the log");
            let event: Value = serde_json::from_str(event).unwrap();
            if event["act"] == "hit.decide" {
                objects.insert(event["object"].to_string());
            }
        }
        assert_eq!(objects.len(), 3);
        let record = json(&at.join("first/record.json"));
        assert_eq!(record["decisions"], decisions);
        assert_eq!(record["acts"]["hit.decide"], decisions);
        assert_eq!(record["lists"][0]["versions"][0]["imported_by"], "console");
        let profile = &record["recipients"][0]["steps"][0];
        let text = std::fs::read_to_string(at.join("first/laws/utopia-3.toml")).unwrap();
        let law = oriel_policy::Profile::parse(&text).unwrap();
        assert_eq!(profile["digest"], law.digest());
        assert_eq!(profile["profile"], law.reference());
        let year = until.to_zoned(jiff::tz::TimeZone::UTC).year();
        let figures = json(&at.join(format!("first/statistics/{year}-piu.json")));
        assert_eq!(figures["profile"], law.reference());

        // The next record shows who may do more.
        let accounts = |record: &Value| record["accounts"].as_array().unwrap().len();
        let before = accounts(&record);
        run("user add ben --name Ben --role dpo --link");
        run("audit pack --out third");
        let third = json(&at.join("third/record.json"));
        assert_eq!(accounts(&third), before + 1);
        assert!(
            third["accounts"]
                .to_string()
                .contains("\"roles\":[\"dpo\"]")
        );

        // It is what was signed, or says what is not.
        std::fs::copy(at.join("export/keys.txt"), at.join("keys")).unwrap();
        let verify = |exit, says: &str| {
            check(at, "audit check-pack first --key keys", exit, says);
        };
        verify(0, "files hold, made ");
        let touched = at.join("first/decisions.ndjson");
        std::fs::write(&touched, first[..first.len() - 1].join("\n")).unwrap();
        verify(6, "broken: decisions.ndjson was changed");
        std::fs::remove_file(&touched).unwrap();
        verify(6, "broken: decisions.ndjson is missing");
        std::fs::write(&touched, first.join("\n") + "\n").unwrap();
        std::fs::write(at.join("first/laws/other.toml"), "").unwrap();
        verify(6, "broken: laws/other.toml was added");
        std::fs::remove_file(at.join("first/laws/other.toml")).unwrap();
        verify(0, "files hold");
        let manifest = at.join("first/MANIFEST");
        let text = std::fs::read_to_string(&manifest).unwrap();
        std::fs::write(&manifest, text.replacen("made 2", "made 1", 1)).unwrap();
        verify(6, "broken: the manifest is not signed");
        check(
            at,
            &format!("audit pack --out first --data {data}"),
            3,
            "could not write first/README.md",
        );
    }
}
