//! Lists in workbooks: read as a CSV file of the same columns, and refused where the workbook has
//! lost something.

use oriel_screening::lists::{Format, ListFile, Mapping, ReadError, read};
use oriel_testkit::{workbook, zip};

/// Rows of cells: a text, or what stands in `<c …>…</c>` behind a `=`.
fn rows(rows: &[&[&str]]) -> String {
    let cell = |(at, cell): (usize, &&str)| {
        let at = char::from(b'A' + at as u8);
        match cell.strip_prefix('=') {
            Some(raw) => format!("<c r=\"{at}1\" {raw}</c>"),
            None => format!("<c r=\"{at}1\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
        }
    };
    let row = |cells: &&[&str]| {
        let cells: String = cells.iter().enumerate().map(cell).collect();
        format!("<row>{cells}</row>")
    };
    rows.iter().map(row).collect()
}

fn plain() -> Format {
    Format::Xlsx(Mapping::plain())
}

fn file(sheets: &[&str]) -> Result<ListFile, ReadError> {
    let file = read(&plain(), &workbook(sheets))?;
    let taken = file.entries.len() as u64 + file.rejected_rows();
    assert_eq!(
        file.rows,
        taken + file.not_persons + file.joined,
        "the counts add up"
    );
    Ok(file)
}

fn rejects(file: &ListFile) -> Vec<String> {
    let told = file.rejects.iter();
    told.map(|r| format!("{} {}: {}", r.row, r.column, r.reason))
        .collect()
}

#[test]
fn a_workbook_is_the_list_that_a_csv_file_of_its_columns_is() {
    let sheet = rows(&[
        &["id", "name", "birth_date", "expires", "phone"],
        &[
            "1",
            "Odran Kestrelman",
            "= s=\"1\"><v>27807</v>",
            "= s=\"1\"><v>46387.5</v>",
            "+43 664 5550123",
        ],
        &[
            "=><v>2</v>",
            "Mirel Pellow",
            "1981",
            "",
            "=><v>4.36645550124E11</v>",
        ],
    ]);
    let text = "id,name,birth_date,expires,phone\n\
                1,Odran Kestrelman,1976-02-17,2026-12-31,+43 664 5550123\n\
                2,Mirel Pellow,1981,,436645550124\n";
    let csv = read(&Format::Csv(Mapping::plain()), text.as_bytes()).unwrap();
    let file = file(&[&sheet, ""]).unwrap();
    assert_eq!(file.entries, csv.entries);
    assert_eq!(rejects(&file), rejects(&csv));
    assert_eq!((file.entries.len(), file.format), (2, "xlsx"));
}

#[test]
fn a_mapping_is_that_of_a_csv_file() {
    let mapping = "delimiter = \";\"\n[columns]\n\"Nr\" = { field = \"id\" }\n\
                   \"Wer\" = { field = \"name\" }\n\"Geboren\" = { field = \"birth_date\", dates = \"day-month-year\" }";
    let sheet = rows(&[
        &["Nr", "Wer", "Geboren"],
        &["1", "Odran Kestrelman", "17.02.1976"],
        &["2", "Mirel Pellow", "= s=\"1\"><v>27807</v>"],
    ]);
    let bytes = workbook(&[&sheet]);
    let file = read(
        &Format::mapped(Mapping::parse(mapping).unwrap(), &bytes),
        &bytes,
    )
    .unwrap();
    assert_eq!(file.entries[0].births, file.entries[1].births);
    assert_eq!(file.entries[0].births[0].to_string(), "1976-02-17");
}

#[test]
fn what_the_workbook_has_lost_is_told_with_its_row() {
    let sheet = [
        "<row r=\"4\"><c r=\"A4\" t=\"str\"><v>id</v></c><c r=\"B4\" t=\"str\"><v>name</v></c>\
         <c r=\"C4\" t=\"str\"><v>payment</v></c><c r=\"D4\" t=\"str\"><v>expires</v></c></row>",
        "<row r=\"7\"><c r=\"A7\"><v>1</v></c><c r=\"B7\" t=\"str\"><v>Odran Pellow</v></c>\
         <c r=\"C7\"><v>4.1111111111111101E15</v></c></row>",
        "<row r=\"8\"><c r=\"A8\"><v>2</v></c><c r=\"B8\" t=\"e\"><v>#REF!</v></c></row>",
        "<row r=\"9\"><c r=\"A9\"><v>3</v></c><c r=\"B9\" t=\"str\"><v>Mirel Pellow</v></c>\
         <c r=\"D9\" t=\"e\"><v>#N/A</v></c></row>",
        "<row r=\"10\"><c r=\"A10\"><v>4</v></c><c r=\"B10\" t=\"str\"><v>Jory Quill</v></c>\
         <c r=\"E10\"><v>5</v></c></row>",
        "<row r=\"11\"><c r=\"A11\"><v>5</v></c><c r=\"B11\" t=\"str\"><v>Wren Sable</v></c>\
         <c r=\"IZ11\"><v>5</v></c></row>",
    ];
    let file = file(&[&sheet.concat()]).unwrap();
    assert_eq!(
        rejects(&file),
        [
            "7 payment: a number of more digits than a workbook keeps: make the cell a text and write it again",
            "8 name: the cell holds an error and no value",
            "8 name: neither a name nor a document, nor anything else to compare",
            "9 expires: not a day on which the entry ends",
            "10 : not as many cells as the header has columns",
            "11 : not as many cells as the header has columns",
        ]
    );
    assert_eq!(file.entries.len(), 1);
}

#[test]
fn a_workbook_that_is_no_list_is_refused_whole() {
    let list = rows(&[&["id", "name"], &["1", "Odran Pellow"]]);
    let unknown = rows(&[&["id", "name", "remark of mine"]]);
    for (bytes, reason) in [
        (workbook(&[&list, &list]), "more than one sheet"),
        (workbook(&[""]), "no sheet holds a row"),
        (workbook(&[&unknown]), "column 3 is not in the mapping"),
        (workbook(&["<row><c"]), "cannot be read"),
        (zip(&[("a.txt", "no workbook")], true), "holds no workbook"),
        (
            zip(
                &[(
                    "xl/workbook.xml",
                    "<!DOCTYPE a [<!ENTITY b \"c\">]><workbook/>",
                )],
                true,
            ),
            "declares a document type",
        ),
        (b"PK\x03\x04 and no more".to_vec(), "damaged"),
    ] {
        let error = read(&plain(), &bytes).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
