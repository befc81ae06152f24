//! Single messages of every format and with every deviation, each beside what it says.

use super::put;
use crate::commands::decode;
use crate::output::{Exit, fail};
use oriel_synth::sample::{DEVIATIONS, Deviation, Expected, FORMS, Form};
use serde_json::{Value, json};
use std::path::Path;

/// Every row of a table that is named, all of them for `all`.
fn rows<T>(
    table: &'static [T],
    name: fn(&T) -> &'static str,
    wanted: &[String],
    what: &str,
) -> anyhow::Result<Vec<&'static T>> {
    if wanted.iter().any(|wanted| wanted == "all") {
        return Ok(table.iter().collect());
    }
    let row = |wanted: &String| {
        table.iter().find(|row| name(row) == wanted).ok_or_else(|| {
            let names: Vec<_> = table.iter().map(name).collect();
            let known = names.join(", ");
            fail(
                Exit::Configuration,
                format!("there is no {what} {wanted}; there are: all, {known}"),
            )
        })
    };
    wanted.iter().map(row).collect()
}

/// Writes `count` samples of each format and of each deviation; how many files.
pub(super) fn write(
    out: &Path,
    formats: &[String],
    faults: &[String],
    seed: u64,
    count: u64,
) -> anyhow::Result<usize> {
    let forms = rows(FORMS, |form: &Form| form.name, formats, "format")?;
    let deviations = rows(DEVIATIONS, |row: &Deviation| row.name, faults, "fault")?;
    let mut files = 0;
    for form in forms {
        for number in 0..count {
            let sample = form.sample(seed, number);
            let mut says = decode::message(Some(&sample.says));
            says.insert("schema".into(), json!("oriel.sample/1"));
            says.insert(
                "sample".into(),
                json!({ "format": form.name, "seed": seed, "number": number }),
            );
            let name = format!("{}/{number:06}", form.name);
            pair(
                out,
                &name,
                form.extension,
                &sample.bytes,
                &Value::Object(says),
            )?;
            files += 2;
        }
    }
    for deviation in deviations {
        let extension = Form::named(deviation.form).map_or("edi", |form| form.extension);
        for number in 0..count {
            let Some((bytes, expected)) = deviation.sample(seed, number) else {
                continue;
            };
            let says = match &expected {
                Expected::Says(message) => Some(&**message),
                Expected::Refused => None,
            };
            let mut says = decode::message(says);
            says.insert("schema".into(), json!("oriel.sample/1"));
            says.insert(
                "sample".into(),
                json!({
                    "format": deviation.form, "seed": seed, "number": number,
                    "fault": deviation.name, "told": deviation.told,
                }),
            );
            let name = format!("faults/{}/{number:06}", deviation.name);
            pair(out, &name, extension, &bytes, &Value::Object(says))?;
            files += 2;
        }
    }
    Ok(files)
}

fn pair(out: &Path, name: &str, extension: &str, bytes: &[u8], says: &Value) -> anyhow::Result<()> {
    put(&out.join(format!("{name}.{extension}")), bytes)?;
    put(
        &out.join(format!("{name}.says.json")),
        format!("{says:#}\n").as_bytes(),
    )
}
