//! Compiles `data/*.csv` into the static tables of `oriel-model`.
//!
//! - In: the files that `data/README.md` describes.  Out: the files `*_table.rs`, sorted for binary
//!   search.
//! - Invariant: the same input gives the same text, so a test can compare it with what is
//!   committed.

use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Writes every generated file under `root`, the workspace.
pub(crate) fn codegen(root: &Path) -> Result<()> {
    for (path, text) in generate(root)? {
        std::fs::write(&path, text)
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

/// Every generated file with its text.
fn generate(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let data = root.join("data");
    let source = root.join("crates/model/src");
    let countries = [
        read(&data, "countries.csv")?,
        read(&data, "countries-icao.csv")?,
    ]
    .concat();
    let further = [
        read(&data, "country-names.csv")?,
        read(&data, "demonyms.csv")?,
    ]
    .concat();
    let airports = [
        read(&data, "airports.csv")?,
        read(&data, "airports-invented.csv")?,
    ]
    .concat();
    Ok(vec![
        (
            source.join("country_table.rs"),
            country_table(&countries, &further)?,
        ),
        (
            source.join("gazetteer_table.rs"),
            gazetteer_table(&airports, &countries)?,
        ),
        (
            source.join("aerodrome_table.rs"),
            aerodrome_table(&read(&data, "airports-icao.csv")?, &airports)?,
        ),
        (
            source.join("seaport_table.rs"),
            seaport_table(&read(&data, "seaports.csv")?, &countries)?,
        ),
    ])
}

type Row = BTreeMap<String, String>;

fn read(data: &Path, name: &str) -> Result<Vec<Row>> {
    let path = data.join(name);
    let mut reader = csv::Reader::from_path(&path)
        .with_context(|| format!("could not read {}", path.display()))?;
    reader
        .deserialize()
        .map(|row| row.with_context(|| format!("{} is not a table", path.display())))
        .collect()
}

/// The column `name`; a table without it is a mistake in `data`, found on the first run.
fn cell<'a>(row: &'a Row, name: &str) -> Result<&'a str> {
    row.get(name)
        .map(String::as_str)
        .with_context(|| format!("a table in data has no column {name}"))
}

fn country_table(countries: &[Row], further_names: &[Row]) -> Result<String> {
    let mut rows = BTreeMap::new();
    let mut alpha2 = BTreeMap::new();
    let mut names = BTreeMap::new();
    for row in countries {
        let code = cell(row, "alpha3")?;
        let canonical = match cell(row, "canonical")? {
            "" => code,
            other => other,
        };
        let english = cell(row, "en")?.split('|').next().unwrap_or_default();
        let known = rows.insert(code, (canonical, english));
        ensure!(known.is_none(), "{code} stands twice in the country tables");
        if !cell(row, "alpha2")?.is_empty() {
            let known = alpha2.insert(cell(row, "alpha2")?, code);
            ensure!(known.is_none(), "the alpha-2 code of {code} stands twice");
        }
        for language in ["en", "fr", "es", "ru", "ar", "zh"] {
            for name in cell(row, language)?.split('|').filter(|n| !n.is_empty()) {
                names.entry(name).or_insert_with(BTreeSet::new).insert(code);
            }
        }
    }
    for row in further_names {
        let (name, code) = (cell(row, "name")?, cell(row, "alpha3")?);
        ensure!(
            rows.contains_key(code),
            "a further name is that of {code}, which is no state"
        );
        names.insert(name, BTreeSet::from([code]));
    }
    // A name that two states share names neither, unless country-names.csv says who is meant.
    names.retain(|_, codes| codes.len() == 1);

    let mut out = header(
        "States: codes and names.",
        "countries*.csv, country-names.csv and demonyms.csv",
    );
    open(
        &mut out,
        "Alpha-3 or passport code, canonical code, English name; by code.",
        "COUNTRIES",
        "(&str, &str, &str)",
    );
    for (code, (canonical, english)) in &rows {
        writeln!(out, "    ({code:?}, {canonical:?}, {english:?}),")?;
    }
    out.push_str("];\n");
    open(
        &mut out,
        "Alpha-2 code and what it stands for; by alpha-2 code.",
        "ALPHA2",
        "(&str, &str)",
    );
    for (short, code) in &alpha2 {
        writeln!(out, "    ({short:?}, {code:?}),")?;
    }
    out.push_str("];\n");
    open(
        &mut out,
        "Names in six languages; by name.",
        "NAMES",
        "(&str, &str)",
    );
    for (name, codes) in &names {
        for code in codes {
            writeln!(out, "    ({name:?}, {code:?}),")?;
        }
    }
    out.push_str("];\n");
    Ok(out)
}

fn gazetteer_table(airports: &[Row], countries: &[Row]) -> Result<String> {
    let mut alpha3 = BTreeMap::new();
    for row in countries {
        alpha3.insert(cell(row, "alpha2")?, cell(row, "alpha3")?);
    }
    let mut rows = BTreeMap::new();
    let mut zones = BTreeSet::new();
    for row in airports {
        let code = cell(row, "code")?;
        let country = cell(row, "country")?;
        let country = alpha3
            .get(country)
            .with_context(|| format!("airport {code} is in {country}, which is no state"))?;
        let zone = cell(row, "zone")?;
        zones.insert(zone);
        let place = (*country, zone, cell(row, "city")?, cell(row, "name")?);
        ensure!(
            rows.insert(code, place).is_none(),
            "airport {code} stands twice"
        );
    }
    let zones: Vec<&str> = zones.into_iter().collect();

    let mut out = header(
        "Airports and cities: state, time zone, names.",
        "airports*.csv",
    );
    open(&mut out, "IANA time zones, by name.", "ZONES", "&str");
    for zone in &zones {
        writeln!(out, "    {zone:?},")?;
    }
    out.push_str("];\n");
    open(
        &mut out,
        "Code, state, index into [`ZONES`], city, airport; by code.",
        "AIRPORTS",
        "(&str, &str, u16, &str, &str)",
    );
    for (code, (country, zone, city, name)) in &rows {
        let zone = zones.binary_search(zone).unwrap_or_else(|at| at);
        writeln!(
            out,
            "    ({code:?}, {country:?}, {zone}, {city:?}, {name:?}),"
        )?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn aerodrome_table(rows: &[Row], airports: &[Row]) -> Result<String> {
    let known: BTreeSet<&str> = airports
        .iter()
        .map(|row| cell(row, "code"))
        .collect::<Result<_>>()?;
    let mut places = BTreeMap::new();
    for row in rows {
        let (icao, code) = (cell(row, "icao")?, cell(row, "code")?);
        ensure!(
            known.contains(code),
            "{icao} is {code}, which is no airport"
        );
        ensure!(places.insert(icao, code).is_none(), "{icao} stands twice");
    }
    let mut out = header(
        "Aerodromes by their ICAO location indicator.",
        "airports-icao.csv",
    );
    open(
        &mut out,
        "Location indicator, code of the airport; by indicator.",
        "AERODROMES",
        "(&str, &str)",
    );
    for (icao, code) in &places {
        writeln!(out, "    ({icao:?}, {code:?}),")?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn seaport_table(rows: &[Row], countries: &[Row]) -> Result<String> {
    let states: BTreeSet<&str> = countries
        .iter()
        .map(|row| cell(row, "alpha2"))
        .collect::<Result<_>>()?;
    let mut ports = BTreeMap::new();
    for row in rows {
        let (code, name, zone) = (cell(row, "code")?, cell(row, "name")?, cell(row, "zone")?);
        let state = code.get(..2).filter(|_| code.len() == 5);
        ensure!(
            state.is_some_and(|state| states.contains(state)),
            "{code} is no UN/LOCODE of a state"
        );
        ensure!(
            ports.insert(code, (name, zone)).is_none(),
            "port {code} stands twice"
        );
    }
    let mut out = header("Seaports by their UN/LOCODE.", "seaports.csv");
    open(
        &mut out,
        "UN/LOCODE, name, IANA time zone or nothing where that of the state counts; by code.",
        "SEAPORTS",
        "(&str, &str, &str)",
    );
    for (code, (name, zone)) in &ports {
        writeln!(out, "    ({code:?}, {name:?}, {zone:?}),")?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn header(what: &str, files: &str) -> String {
    format!(
        "//! {what}\n//!\n//! Generated by `cargo xtask codegen` from {files} in `data`; do not \
         edit. Origin and\n//! licence: `data/README.md`.\n"
    )
}

fn open(out: &mut String, what: &str, name: &str, of: &str) {
    out.push_str(&format!(
        "\n/// {what}\n#[rustfmt::skip]\npub(crate) static {name}: &[{of}] = &[\n"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_is_what_the_tables_in_data_give() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (path, text) in generate(&root).unwrap() {
            let committed = std::fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().display();
            assert!(
                committed == text,
                "{name} is stale: run cargo xtask codegen"
            );
        }
    }
}
