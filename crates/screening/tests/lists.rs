//! Each list format on an invented sample, against what it should hold.
//!
//! `UPDATE_EXPECT=1 cargo test -p oriel-screening --test lists` rewrites the expectations.

use oriel_screening::Entry;
use oriel_screening::lists::{Format, ListFile, Mapping, ReadError, read};
use std::fmt::Write;
use std::path::Path;

fn show(file: &ListFile) -> String {
    let mut out = format!(
        "format {}, issued {:?}\nrows {} = entries {} + rejected {} + not persons {} + joined {}\n",
        file.format,
        file.issued,
        file.rows,
        file.entries.len(),
        file.rejected_rows(),
        file.not_persons,
        file.joined,
    );
    for entry in &file.entries {
        let json = serde_json::to_string(entry).expect("an entry is plain data");
        let back: Entry = serde_json::from_str(&json).expect("what was written can be read");
        assert_eq!(back, *entry);
        let _ = writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(entry).expect("as above")
        );
    }
    for r in &file.rejects {
        let what = if r.whole_row { "row" } else { "value" };
        let _ = writeln!(out, "reject {what} {} {:?}: {}", r.row, r.column, r.reason);
    }
    out
}

#[track_caller]
fn check(sample: &str, format: &Format) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let bytes = std::fs::read(dir.join(sample)).expect("the sample is beside this file");
    let file = read(format, &bytes).expect("the sample can be read");
    let rows = file.entries.len() as u64 + file.rejected_rows() + file.not_persons + file.joined;
    assert_eq!(file.rows, rows, "the counts add up");
    let got = show(&file);
    // Two forms of one list stand beside each other.
    let both = ["sdn", "eu"].iter().any(|name| sample.starts_with(name));
    let expect = match both {
        true => dir.join(format!("{sample}.expect")),
        false => dir.join(sample).with_extension("expect"),
    };
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&expect, &got).expect("the test directory can be written");
    }
    assert_eq!(got, std::fs::read_to_string(&expect).unwrap_or_default());
}

fn mapping(name: &str) -> Mapping {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let toml = std::fs::read_to_string(dir.join(format!("{name}.mapping.toml")));
    Mapping::parse(&toml.expect("the mapping is beside the sample")).expect("it can be used")
}

#[track_caller]
fn refused(format: &Format, text: &str) -> ReadError {
    read(format, text.as_bytes()).unwrap_err()
}

/// R-WL-01.
#[test]
fn un_list() {
    check("un.xml", &Format::Un);
}

#[test]
fn csv_with_a_mapping() {
    check("national.csv", &Format::Csv(mapping("national")));
}

/// R-WL-02. No value of the file stands in what is read from it.
#[test]
fn what_is_sought_is_read_as_digests() {
    let format = Format::Csv(mapping("sought"));
    check("sought.csv", &format);
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let read = std::fs::read_to_string(dir.join("sought.expect")).unwrap();
    for value in [
        "5550123", "664", "kestrel", "411111", "1111", "Sample", "SAMPLE",
    ] {
        assert!(!read.contains(value), "{value}");
    }
}

/// R-WL-01.
#[test]
fn treasury_list_in_both_forms() {
    check("sdn.xml", &Format::OfacXml);
    check("sdn.csv", &Format::OfacCsv);
}

/// R-WL-01.
#[test]
fn union_list_in_both_forms() {
    check("eu.xml", &Format::EuXml);
    check("eu.csv", &Format::EuCsv);
}

#[test]
fn a_bomb_in_any_xml_is_refused() {
    for (format, root) in [
        (Format::Un, "CONSOLIDATED_LIST"),
        (Format::OfacXml, "sdnList"),
        (Format::EuXml, "export"),
    ] {
        let bomb =
            format!("<!DOCTYPE x [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><{root}>&b;</{root}>");
        assert_eq!(refused(&format, &bomb), ReadError::DocumentType);
        let cut = format!("<{root}><sdnEntry>");
        assert!(matches!(refused(&format, &cut), ReadError::Xml { .. }));
    }
}

#[test]
fn an_entry_of_fifty_thousand_aliases_costs_one_row() {
    let alias = "<aka><lastName>PELLOW</lastName></aka>".repeat(50_000);
    let list = format!(
        "<sdnList><sdnEntry><uid>1</uid><lastName>A</lastName><sdnType>Individual</sdnType>\
         <akaList>{alias}</akaList></sdnEntry><sdnEntry><uid>2</uid><lastName>BEYDOUR</lastName>\
         <sdnType>Individual</sdnType></sdnEntry></sdnList>"
    );
    let file = read(&Format::OfacXml, list.as_bytes()).unwrap();
    assert_eq!((file.rejected_rows(), file.entries.len()), (1, 1));
}

#[test]
fn a_wrong_delimiter_refuses_the_file() {
    for (format, text) in [
        (
            Format::EuCsv,
            "fileGenerationDate,Entity_LogicalId,Entity_SubjectType\n1,2,P\n",
        ),
        (Format::OfacCsv, "1;\"A\";\"individual\"\n"),
        (Format::OpenSanctions, "id;schema;name\n1;Person;A\n"),
    ] {
        assert!(
            matches!(refused(&format, text), ReadError::NotThis { .. }),
            "{format:?}"
        );
    }
}

#[test]
fn opensanctions_targets() {
    check("targets.csv", &Format::OpenSanctions);
}

#[test]
fn follow_the_money_entities() {
    check("entities.ftm.jsonl", &Format::FollowTheMoney);
}

#[test]
fn person_records() {
    check("persons.jsonl", &Format::Persons);
}

#[test]
fn a_file_that_is_not_what_it_claims_is_refused_whole() {
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>";
    assert_eq!(refused(&Format::Un, bomb), ReadError::DocumentType);
    for broken in [
        "<CONSOLIDATED_LIST><INDIVIDUAL>",
        "<CONSOLIDATED_LIST></INDIVIDUAL>",
    ] {
        assert!(matches!(
            refused(&Format::Un, broken),
            ReadError::Xml { .. }
        ));
    }
    assert!(matches!(
        refused(&Format::Un, "<html></html>"),
        ReadError::NotThis { .. }
    ));
    let unknown = "Nr;Neu\n1;x\n";
    assert_eq!(
        refused(&Format::Csv(mapping("national")), unknown),
        ReadError::UnknownColumn(2)
    );
    let missing = "Nr;Familienname\n1;x\n";
    assert!(matches!(
        refused(&Format::Csv(mapping("national")), missing),
        ReadError::MissingColumn(_)
    ));
    assert_eq!(
        read(&Format::Un, b"\xff").unwrap_err(),
        ReadError::NotUtf8(0)
    );
}

#[test]
fn nesting_without_end_costs_one_row_not_the_stack() {
    let deep = "<A>".repeat(50_000) + &"</A>".repeat(50_000);
    let list = format!(
        "<CONSOLIDATED_LIST><INDIVIDUAL>{deep}</INDIVIDUAL><INDIVIDUAL><DATAID>1</DATAID>\
         <FIRST_NAME>ODRAN</FIRST_NAME></INDIVIDUAL></CONSOLIDATED_LIST>"
    );
    let file = read(&Format::Un, list.as_bytes()).unwrap();
    assert_eq!((file.entries.len(), file.rejected_rows()), (1, 1));
}

/// What a list that means harm, or was made by mistake, comes to: entries, and the reasons given.
#[track_caller]
fn bad(format: &str, text: &str, entries: usize, reasons: &[(u64, &str, &str)]) -> ListFile {
    let file = read(&Format::of_name(format).unwrap(), text.as_bytes()).unwrap();
    let rows = file.entries.len() as u64 + file.rejected_rows() + file.not_persons + file.joined;
    assert_eq!(file.rows, rows, "the counts add up");
    assert_eq!(file.entries.len(), entries);
    let told: Vec<(u64, &str, &str)> = file
        .rejects
        .iter()
        .map(|r| (r.row, r.column.as_str(), r.reason.as_str()))
        .collect();
    assert_eq!(told, reasons);
    file
}

/// Each comparison with an entry takes as long as it has names, and repeated ones are found in one
/// pass: a quadratic one would take minutes here.
#[test]
fn an_entry_of_fifty_thousand_aliases_is_cut_and_told() {
    const MORE: &str = "more values than an entry keeps; the first 1,000 are";
    let aliases: Vec<String> = (0..50_000).map(|n| format!("Odran Pellow {n}")).collect();
    let csv = format!("id,alias,name\nA,{},Odran Pellow\n", aliases.join(";"));
    let file = bad("csv", &csv, 1, &[(2, "name", MORE)]);
    assert_eq!(file.entries[0].names.len(), 1_000);
    assert_eq!(
        file.entries[0].names[0].text, "Odran Pellow",
        "the surest name first"
    );
    let names = serde_json::to_string(&aliases).unwrap();
    let persons = format!("{{\"id\":\"A\",\"names\":{names}}}\n");
    bad("persons", &persons, 1, &[(1, "name", MORE)]);
    let same = vec!["Odran Pellow"; 50_000].join(";");
    bad("csv", &format!("id,name\nA,{same}\n"), 1, &[]);
}

#[test]
fn an_identifier_counts_once_and_circles_of_references_lead_nowhere() {
    let twice = "an earlier row has the same identifier";
    let csv = "id,name\nA,Odran Pellow\nA,Wren Sable\nB,Jory Quill\n";
    bad("csv", csv, 2, &[(3, "id", twice)]);

    let paper = |id: &str, holder: &str| {
        format!(
            "{{\"id\":\"{id}\",\"schema\":\"Passport\",\"properties\":{{\"number\":[\"X{id}\"],\"holder\":[\"{holder}\"]}}}}\n"
        )
    };
    let person = "{\"id\":\"A\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Odran Pellow\"],\
                  \"passportEntities\":[\"p1\"]}}\n";
    let other = "{\"id\":\"Z\",\"schema\":\"Company\",\"properties\":{}}\n";
    let circle = [
        paper("p1", "A"),
        person.to_owned(),
        paper("p2", "p3"),
        paper("p3", "p2"),
        paper("p4", "p4"),
        other.to_owned(),
        paper("p5", "Z"),
    ];
    let nobody = "no entry of the file is its holder";
    let lost = [3, 4, 5].map(|row| (row, "holder", nobody));
    let file = bad("follow-the-money", &circle.concat(), 1, &lost);
    assert_eq!((file.joined, file.not_persons), (1, 2));
    assert_eq!(file.entries[0].documents.len(), 1);
    let deep = format!(
        "{{\"id\":{}1{}}}\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    bad(
        "follow-the-money",
        &deep,
        0,
        &[(1, "", "not a JSON object")],
    );
}

#[test]
fn a_file_of_the_wrong_shape_gives_no_entry_and_names_nobody() {
    let bombs = (1..10).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1));
    let bomb = format!(
        "<!DOCTYPE l [<!ENTITY e0 \"Odran\">{}]><CONSOLIDATED_LIST>&e9;</CONSOLIDATED_LIST>",
        bombs.collect::<String>()
    );
    for format in ["un", "ofac-xml", "eu-xml"] {
        let format = Format::of_name(format).unwrap();
        assert_eq!(refused(&format, &bomb), ReadError::DocumentType);
    }
    let own = Format::Csv(mapping("national"));
    let plain = Format::Csv(Mapping::plain());
    for (format, text) in [
        (&own, "Nr,Familienname,Vornamen\n1,Pellow,Odran\n"),
        (&plain, "id|name\nA|Odran Pellow\n"),
        (&plain, "A,Odran Pellow,1950-01-09\n"),
    ] {
        let error = refused(format, text);
        assert!(matches!(error, ReadError::UnknownColumn(1)), "{error}");
        assert!(
            !error.to_string().contains("Odran"),
            "a line without a header is about a person"
        );
    }
}
