//! The evidence as a page to print: one file without anything from elsewhere.
//!
//! Invariant: what stands in the document stands on the page as text: nothing in it is read as
//! markup.

use super::Infringement;
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "body{font:11pt/1.4 sans-serif;margin:2cm}h1{font-size:16pt}h2{font-size:12pt;\
    margin:1.5em 0 .3em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;\
    padding:.2em .4em;text-align:left;vertical-align:top;font-size:9pt;overflow-wrap:anywhere}\
    thead{display:table-header-group}tr{break-inside:avoid}pre{white-space:pre-wrap;font-size:8pt}";

/// One table: where its rows stand in the document, its title, and its columns: the head and where
/// the value stands in the row.
struct Table {
    rows: &'static str,
    title: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const TABLES: &[Table] = &[
    Table {
        rows: "failures",
        title: "What the carrier failed in",
        columns: &[
            ("Class", "class"),
            ("Push", "push"),
            ("Message", "message"),
            ("Clause", "clause"),
        ],
    },
    Table {
        rows: "expected",
        title: "What was expected",
        columns: &[
            ("Push", "push"),
            ("Kind", "kind"),
            ("Due (UTC)", "due_at"),
            ("Tolerated until", "tolerated_until"),
            ("State", "state"),
            ("Came", "came_at"),
            ("Excused", "excused"),
            ("Clause", "clause"),
        ],
    },
    Table {
        rows: "arrived",
        title: "What arrived about the flight",
        columns: &[
            ("Received (UTC)", "received_at"),
            ("Type", "type"),
            ("Function", "function"),
            ("Sender", "sender"),
            ("Way", "channel"),
            ("Bytes", "bytes"),
            ("Persons", "travellers"),
            ("Verdict", "verdict"),
            ("Findings", "findings"),
            ("Digest (SHA-256)", "digest"),
        ],
    },
    Table {
        rows: "refused_then",
        title: "Messages of the carrier that were refused around that time; of which flight is not known",
        columns: &[
            ("Received (UTC)", "received_at"),
            ("Type", "type"),
            ("Way", "channel"),
            ("Bytes", "bytes"),
            ("Findings", "findings"),
            ("Digest (SHA-256)", "digest"),
        ],
    },
    Table {
        rows: "notices",
        title: "What the carrier was told",
        columns: &[
            ("Made (UTC)", "made_at"),
            ("About", "kind"),
            ("For", "for"),
            ("Text", "text"),
            ("Handed over", "delivered_at"),
            ("Way", "way"),
            ("Stopped", "stopped_at"),
        ],
    },
    Table {
        rows: "outages",
        title: "Times in which the state's side could not be reached",
        columns: &[("From (UTC)", "from"), ("To (UTC)", "to"), ("Kind", "kind")],
    },
    Table {
        rows: "schedules",
        title: "Schedules of the carrier in force",
        columns: &[
            ("Schedule", "id"),
            ("Name", "name"),
            ("Brought in (UTC)", "put_at"),
        ],
    },
];

pub(super) fn page(proved: &Infringement) -> String {
    let document = &proved.document;
    let text = |place: &str| escaped(&shown(document.pointer(place).unwrap_or(&Value::Null)));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>{flight} {carrier}</title><style>{STYLE}</style></head><body>\n\
         <h1>{carrier}: {flight}, {from}–{to}, {departs}</h1>\n\
         <p>Departure {departs_at} (UTC), {plan}. Before {title}, under {law}. \
         Carrier {id}, {status}. Made {made}.</p>\n\
         <p>No person is named: messages are told by digest, time, size, counts and findings with \
         their places. A digest is that of what the envelope says of itself and of the message's own bytes, as they \
         were received.</p>\n",
        flight = text("/flight/name"),
        from = text("/flight/from"),
        to = text("/flight/to"),
        departs = text("/flight/departs"),
        departs_at = text("/flight/departs_at"),
        plan = text("/flight/plan"),
        carrier = text("/carrier/name"),
        id = text("/carrier/id"),
        status = text("/carrier/status"),
        title = text("/recipient/title"),
        law = text("/law"),
        made = text("/made_at"),
    );
    for table in TABLES {
        let rows = document[table.rows]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        put_table(&mut page, table, rows);
    }
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "<h2>What proves this page</h2>\n<p>The document that it was made from, as JSON, has the \
         SHA-256 {}.</p>",
        escaped(&proved.digest)
    );
    if let Some(note) = &proved.note {
        let _ = writeln!(page, "<pre>{}</pre>", escaped(note));
    }
    page + "</body></html>\n"
}

fn put_table(page: &mut String, table: &Table, rows: &[Value]) {
    let _ = writeln!(page, "<h2>{}</h2>", escaped(table.title));
    if rows.is_empty() {
        page.push_str("<p>None.</p>\n");
        return;
    }
    let heads = table
        .columns
        .iter()
        .map(|(head, _)| format!("<th>{head}</th>"));
    let _ = writeln!(
        page,
        "<table><thead><tr>{}</tr></thead><tbody>",
        heads.collect::<String>()
    );
    for row in rows {
        let cells = table.columns.iter().map(|(_, name)| {
            let value = match *name {
                "findings" => listed(&row["findings"]),
                name => shown(&row[name]),
            };
            format!("<td>{}</td>", escaped(&value))
        });
        let _ = writeln!(page, "<tr>{}</tr>", cells.collect::<String>());
    }
    page.push_str("</tbody></table>\n");
}

/// Findings in one line: code, place and what is odd.
fn listed(findings: &Value) -> String {
    let all = findings.as_array().into_iter().flatten();
    let one = all.map(|it| {
        let place = match it["bytes"].as_array() {
            Some(bytes) if bytes.len() == 2 => format!(" bytes {}–{}", bytes[0], bytes[1]),
            _ => String::new(),
        };
        let (code, tag) = (shown(&it["code"]), shown(&it["tag"]));
        format!("{code} {tag}{place}: {}", shown(&it["text"]))
    });
    one.collect::<Vec<_>>().join("; ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_that_a_carrier_sent_is_markup() {
        let hostile = "<script>alert(1)</script>\"'&";
        let proved = Infringement {
            document: json!({
                "flight": { "name": hostile },
                "arrived": [{ "sender": hostile, "findings": [{ "text": hostile }] }],
            }),
            digest: hostile.into(),
            note: Some(hostile.into()),
        };
        let page = page(&proved);
        assert!(
            !page.contains("<script") && !page.contains("\"'&\""),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    }
}
