//! Everything a store holds as one stream of bytes, and back, from one kind of database to another.
//!
//! - In: the place of a store, read in one transaction while others write.  Out: schema, tables and
//!   rows as they lie there (what is sealed stays sealed), and at the end [`Contents`]: counts and
//!   sums that prove a restored store. The caller encrypts the stream.
//! - A restore needs no keys. It happens in one transaction, into a blank place, and is committed
//!   only after every table was read back and summed.
//! - A backup of an older schema is restored into that schema and then brought to this program's.
//!
//! ```text
//! 1 | number of migrations (4) | { number (8), digest (32) }
//! 2 | name | number of columns (4) | { name }            a table
//! 3 | { kind of value (1), value }                       one of its rows
//! 4 | number of tables (4) | { name, rows (8), sum (32) } | number (8), hash (32) of the last event
//! ```
//!
//! Numbers are big-endian; names, text and bytes stand behind their length (4).

use crate::audit::Book;
use crate::db::{Driver, Insert, Place, Row, Value};
use crate::{StoreError, Tx, migration};
use oriel_policy::audit::Event;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};

const SCHEMA: u8 = 1;
const TABLE: u8 = 2;
const ROW: u8 = 3;
const END: u8 = 4;

/// Written by migrations themselves.
const OWN: &str = "migration";

/// The audit log.
const LOG: &str = "audit";

/// Rows inserted at once.
const BATCH: usize = 512;

/// Longest value that is believed; more than any message may be.
const LONGEST: usize = 1 << 30;

/// What a store holds, in numbers that two copies can be compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Number of the newest migration.
    pub schema: i64,
    /// By name.
    pub tables: Vec<TableSum>,
    /// Number and hash of the newest audit event; 0 and zeros where there is none.
    pub audit: (u64, [u8; 32]),
}

/// One table in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSum {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// Sum of the SHA-256 of its rows and of the names of its columns, which does not depend on their order.
    pub sum: [u8; 32],
}

/// Writes everything that the store at `place` holds.
pub fn dump(place: &str, out: &mut dyn Write) -> Result<Contents, StoreError> {
    let place = Place::parse(place)?;
    let mut db = place.connect(false)?;
    db.begin_read()?;
    let done = dump_from(db.as_mut(), &place, out);
    db.rollback()?;
    done
}

/// Fills a blank place with what [`dump`] wrote.
pub fn restore(place: &str, from: &mut dyn Read) -> Result<Contents, StoreError> {
    let place = Place::parse(place)?;
    let mut db = place.connect(true)?;
    db.begin()?;
    let done = restore_into(db.as_mut(), &place, from).and_then(|contents| {
        db.commit()?;
        Ok(contents)
    });
    if done.is_err() {
        db.rollback()?;
    }
    done
}

/// Leaves an event in the log of the store at `place`, which keeps its schema: a backup is also made
/// by a program that is newer than the store.
pub fn note(place: &str, event: Event) -> Result<(), StoreError> {
    let place = Place::parse(place)?;
    let mut db = place.connect(false)?;
    db.begin()?;
    let done = migration::applied(db.as_mut())
        .and_then(|applied| migration::check(&applied))
        .and_then(|()| Tx::new(db.as_mut(), Book::open(), None).audit_append(&[event]))
        .and_then(|()| db.commit());
    if done.is_err() {
        db.rollback()?;
    }
    done
}

/// Reads what [`dump`] wrote, to its end, and checks it against its own sums.
pub fn check(from: &mut dyn Read) -> Result<Contents, StoreError> {
    let mut reader = Reader::new(from)?;
    let mut seen = Seen::default();
    reader.tables(&mut |table, rows| {
        seen.take(table, rows);
        Ok(())
    })?;
    reader.proven(seen)
}

fn dump_from(
    db: &mut dyn Driver,
    place: &Place,
    out: &mut dyn Write,
) -> Result<Contents, StoreError> {
    if db.is_blank()? {
        return Err(place.missing());
    }
    let applied = migration::applied(db)?;
    migration::check(&applied)?;
    let mut bytes = vec![SCHEMA];
    put_number(&mut bytes, applied.len());
    for (number, digest) in &applied {
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(digest);
    }
    write(out, &bytes)?;
    let contents = each_row(db, &applied, &mut |table, row| {
        bytes.clear();
        match row {
            None => {
                bytes.push(TABLE);
                put_bytes(&mut bytes, table.name.as_bytes());
                put_number(&mut bytes, table.columns.len());
                for column in &table.columns {
                    put_bytes(&mut bytes, column.as_bytes());
                }
            }
            Some(values) => {
                bytes.push(ROW);
                values.iter().for_each(|value| put_value(&mut bytes, value));
            }
        }
        write(out, &bytes)
    })?;
    bytes.clear();
    bytes.push(END);
    put_number(&mut bytes, contents.tables.len());
    for table in &contents.tables {
        put_bytes(&mut bytes, table.name.as_bytes());
        bytes.extend_from_slice(&table.rows.to_be_bytes());
        bytes.extend_from_slice(&table.sum);
    }
    bytes.extend_from_slice(&contents.audit.0.to_be_bytes());
    bytes.extend_from_slice(&contents.audit.1);
    write(out, &bytes)?;
    Ok(contents)
}

fn restore_into(
    db: &mut dyn Driver,
    place: &Place,
    from: &mut dyn Read,
) -> Result<Contents, StoreError> {
    if !db.is_blank()? {
        return Err(StoreError::NotBlank {
            path: place.to_string(),
        });
    }
    let mut reader = Reader::new(from)?;
    let applied = reader.applied.clone();
    migration::check(&applied)?;
    let of_backup = |number| applied.iter().any(|(ran, _)| *ran == number);
    migration::steps(db, true, &of_backup)?;
    let known = catalogue(db)?;
    for table in &known {
        // A migration may have put rows there; they are in the backup, too.
        db.execute(&format!("DELETE FROM {}", table.name), &[])?;
    }
    let mut seen = Seen::default();
    reader.tables(&mut |table, rows| {
        // Names become part of a statement, so only the schema's own are taken.
        if !known.contains(table) {
            return Err(bad("a table is not of its schema"));
        }
        seen.take(table, rows);
        let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        let into = Insert {
            table: &table.name,
            columns: &columns,
            conflict: "",
        };
        db.insert_many(&into, rows)
    })?;
    let contents = reader.proven(seen)?;
    if each_row(db, &applied, &mut |_, _| Ok(()))? != contents {
        return Err(bad("what was restored is not what was read"));
    }
    migration::steps(db, true, &|_| true)?;
    Ok(contents)
}

/// A table and its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
}

/// Every table but that of the migrations.
pub(crate) fn catalogue(db: &mut dyn Driver) -> Result<Vec<Table>, StoreError> {
    let mut tables: Vec<Table> = Vec::new();
    let sql = db.catalogue();
    db.query(sql, &[], &mut |row| {
        let (name, column) = (row.text(0)?, row.text(1)?.to_owned());
        match tables.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push(column),
            None if name == OWN => {}
            None => tables.push(Table {
                name: name.to_owned(),
                columns: vec![column],
            }),
        }
        Ok(())
    })?;
    Ok(tables)
}

/// Takes a table, and after it each of its rows.
type Giver<'a> = &'a mut dyn FnMut(&Table, Option<&[Value<'_>]>) -> Result<(), StoreError>;

/// Gives every table, and after it its rows; sums up.
fn each_row(
    db: &mut dyn Driver,
    applied: &[(i64, Vec<u8>)],
    each: Giver<'_>,
) -> Result<Contents, StoreError> {
    let mut tables = Vec::new();
    for table in catalogue(db)? {
        each(&table, None)?;
        let mut sum = Sum::new(&table);
        let sql = format!("SELECT {} FROM {}", table.columns.join(", "), table.name);
        db.query(&sql, &[], &mut |row: &dyn Row| {
            let columns = 0..table.columns.len();
            let values: Vec<Value<'_>> = columns
                .map(|column| row.value(column))
                .collect::<Result<_, _>>()?;
            sum.add(&values);
            each(&table, Some(&values))
        })?;
        tables.push(sum.done());
    }
    let mut audit = (0, [0; 32]);
    db.query(
        "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1",
        &[],
        &mut |row| {
            let hash = row.blob(1)?.try_into();
            let hash = hash.map_err(|_| StoreError::damaged("an event"))?;
            audit = (row.int(0)? as u64, hash);
            Ok(())
        },
    )?;
    Ok(Contents {
        schema: applied.last().map_or(0, |last| last.0),
        tables,
        audit,
    })
}

/// A [`TableSum`] that grows.
struct Sum {
    name: String,
    rows: u64,
    /// Four numbers of 64 bits, each added by itself.
    words: [u64; 4],
    row: Vec<u8>,
}

impl Sum {
    /// The names of the columns count, too.
    fn new(table: &Table) -> Self {
        let mut sum = Self {
            name: table.name.clone(),
            rows: 0,
            words: [0; 4],
            row: Vec::new(),
        };
        for column in &table.columns {
            put_bytes(&mut sum.row, column.as_bytes());
        }
        sum.absorb();
        sum
    }

    fn add(&mut self, values: &[Value<'_>]) {
        for value in values {
            match value {
                // PostgreSQL keeps the picture of a zero instead.
                Value::Text(text) if text.contains('\0') => {
                    put_value(&mut self.row, &Value::Text(&text.replace('\0', "\u{2400}")));
                }
                value => put_value(&mut self.row, value),
            }
        }
        self.absorb();
        self.rows += 1;
    }

    /// Adds the digest of what stands in `row`.
    fn absorb(&mut self) {
        let digest = Sha256::digest(&self.row);
        let (words, _) = digest.as_chunks::<8>();
        for (sum, word) in self.words.iter_mut().zip(words) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*word));
        }
        self.row.clear();
    }

    fn done(self) -> TableSum {
        let mut sum = [0; 32];
        let (places, _) = sum.as_chunks_mut::<8>();
        for (place, word) in places.iter_mut().zip(self.words) {
            *place = word.to_be_bytes();
        }
        TableSum {
            name: self.name,
            rows: self.rows,
            sum,
        }
    }
}

/// What a reader of a backup has seen so far.
#[derive(Default)]
struct Seen {
    sums: Vec<Sum>,
    /// Number and hash of the newest event.
    audit: (u64, [u8; 32]),
}

impl Seen {
    /// Takes rows of a table, or its beginning.
    fn take(&mut self, table: &Table, rows: &[Value<'_>]) {
        if self.sums.last().is_none_or(|last| last.name != table.name) {
            self.sums.push(Sum::new(table));
        }
        let place = |name| table.columns.iter().position(|column| column == name);
        let event = place("n").zip(place("hash"));
        for row in rows.chunks(table.columns.len()) {
            if let Some(sum) = self.sums.last_mut() {
                sum.add(row);
            }
            if let Some((n, hash)) = event.filter(|_| table.name == LOG)
                && let (Value::Int(n), Value::Blob(hash)) = (row[n], row[hash])
                && let Ok(hash) = hash.try_into()
                && n as u64 > self.audit.0
            {
                self.audit = (n as u64, hash);
            }
        }
    }
}

/// A value as it stands in a backup.
enum Kept {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Kept {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

/// Takes some rows of a table, the values of one after those of the other; none to begin it.
type Taker<'a> = &'a mut dyn FnMut(&Table, &[Value<'_>]) -> Result<(), StoreError>;

struct Reader<'a> {
    from: &'a mut dyn Read,
    applied: Vec<(i64, Vec<u8>)>,
}

impl<'a> Reader<'a> {
    fn new(from: &'a mut dyn Read) -> Result<Self, StoreError> {
        let mut reader = Self {
            from,
            applied: Vec::new(),
        };
        if reader.byte()? != SCHEMA {
            return Err(bad("it does not begin as a backup does"));
        }
        for _ in 0..reader.number()? {
            let number = i64::from_be_bytes(reader.array()?);
            let digest: [u8; 32] = reader.array()?;
            reader.applied.push((number, digest.to_vec()));
        }
        Ok(reader)
    }

    /// Reads every table. What follows is the end.
    fn tables(&mut self, take: Taker<'_>) -> Result<(), StoreError> {
        let mut table = None;
        let mut kept: Vec<Kept> = Vec::new();
        loop {
            let tag = self.byte()?;
            let width = table
                .as_ref()
                .map_or(1, |table: &Table| table.columns.len());
            if tag != ROW || kept.len() >= BATCH * width {
                if let Some(table) = table.as_ref().filter(|_| !kept.is_empty()) {
                    let values: Vec<Value<'_>> = kept.iter().map(Kept::value).collect();
                    take(table, &values)?;
                }
                kept.clear();
            }
            match (tag, &table) {
                (ROW, Some(_)) => {
                    for _ in 0..width {
                        kept.push(self.value()?);
                    }
                }
                (TABLE, _) => {
                    let name = self.text()?;
                    let columns = (0..self.number()?).map(|_| self.text());
                    let columns = columns.collect::<Result<Vec<_>, _>>()?;
                    if columns.is_empty() {
                        return Err(bad("a table has no columns"));
                    }
                    let next = Table { name, columns };
                    take(&next, &[])?;
                    table = Some(next);
                }
                (END, _) => return Ok(()),
                _ => return Err(bad("a part is of no known kind")),
            }
        }
    }

    /// Reads the end, and compares it with what was summed up.
    fn proven(mut self, seen: Seen) -> Result<Contents, StoreError> {
        let mut tables = Vec::new();
        for _ in 0..self.number()? {
            tables.push(TableSum {
                name: self.text()?,
                rows: u64::from_be_bytes(self.array()?),
                sum: self.array()?,
            });
        }
        let audit = (u64::from_be_bytes(self.array()?), self.array()?);
        if self.from.read(&mut [0]).map_err(failed)? != 0 {
            return Err(bad("something follows its end"));
        }
        let summed: Vec<TableSum> = seen.sums.into_iter().map(Sum::done).collect();
        if summed != tables || seen.audit != audit {
            return Err(bad("its rows are not those it was made with"));
        }
        Ok(Contents {
            schema: self.applied.last().map_or(0, |last| last.0),
            tables,
            audit,
        })
    }

    fn value(&mut self) -> Result<Kept, StoreError> {
        Ok(match self.byte()? {
            0 => Kept::Null,
            1 => Kept::Int(i64::from_be_bytes(self.array()?)),
            2 => Kept::Text(self.text()?),
            3 => Kept::Blob(self.bytes()?),
            _ => return Err(bad("a value is of no known kind")),
        })
    }

    fn text(&mut self) -> Result<String, StoreError> {
        String::from_utf8(self.bytes()?).map_err(|_| bad("text is not text"))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        let length = self.number()?;
        if length > LONGEST {
            return Err(bad("a value is longer than any"));
        }
        let mut bytes = Vec::new();
        // Room grows with what is really there.
        let read = self.from.take(length as u64).read_to_end(&mut bytes);
        match read.map_err(failed)? {
            read if read == length => Ok(bytes),
            _ => Err(bad("it ends in the middle")),
        }
    }

    fn number(&mut self) -> Result<usize, StoreError> {
        Ok(u32::from_be_bytes(self.array()?) as usize)
    }

    fn byte(&mut self) -> Result<u8, StoreError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let mut array = [0; N];
        self.from.read_exact(&mut array).map_err(failed)?;
        Ok(array)
    }
}

fn put_value(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => out.push(0),
        Value::Int(number) => {
            out.push(1);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Value::Text(text) => {
            out.push(2);
            put_bytes(out, text.as_bytes());
        }
        Value::Blob(bytes) => {
            out.push(3);
            put_bytes(out, bytes);
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    let number = u32::try_from(number).expect("no value of a store has 4 GiB");
    out.extend_from_slice(&number.to_be_bytes());
}

fn write(out: &mut dyn Write, bytes: &[u8]) -> Result<(), StoreError> {
    out.write_all(bytes).map_err(failed)
}

/// What reading or writing a backup ends with: a cut or changed one is told from a broken disk.
fn failed(source: std::io::Error) -> StoreError {
    match source.kind() {
        std::io::ErrorKind::UnexpectedEof => bad("it ends in the middle"),
        std::io::ErrorKind::InvalidData => bad(&source.to_string()),
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::Backup { source },
    }
}

fn bad(what: &str) -> StoreError {
    StoreError::BadBackup {
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_testkit::Place as TestPlace;

    /// A store with a few rows of every kind of value, in more than one batch.
    fn filled(place: &str) {
        let place = Place::parse(place).unwrap();
        let mut db = place.connect(true).unwrap();
        migration::run(db.as_mut(), true).unwrap().unwrap();
        db.begin().unwrap();
        for n in 0..1200_i64 {
            let mut entry = format!("entry {n}");
            if n == 7 {
                entry.push('\u{2400}');
            }
            let data = n.to_be_bytes();
            db.execute(
                "INSERT INTO list_entry (list, version, entry, data) VALUES ($1, $2, $3, $4)",
                &[
                    "un".into(),
                    "1".into(),
                    entry.as_str().into(),
                    (&data).into(),
                ],
            )
            .unwrap();
        }
        db.execute(
            "INSERT INTO audit (n, at, actor, act, object, purpose, profile, detail, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                1.into(),
                (-5).into(),
                "ada".into(),
                "read".into(),
                "".into(),
                "".into(),
                "utopia@1".into(),
                "".into(),
                (&[9_u8; 32]).into(),
            ],
        )
        .unwrap();
        db.execute(
            "INSERT INTO account (id, login, name, initials, roles, password, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                "a".into(),
                "ada".into(),
                "Ada Keller".into(),
                "AK".into(),
                "".into(),
                Value::Null,
                0.into(),
            ],
        )
        .unwrap();
        db.commit().unwrap();
    }

    #[test]
    fn a_store_goes_into_any_other_and_proves_itself() {
        for from in TestPlace::each("backup_from") {
            filled(&from.name());
            let mut stream = Vec::new();
            let contents = dump(&from.name(), &mut stream).unwrap();
            assert_eq!(contents.audit, (1, [9; 32]));
            let rows = |name: &str| {
                let table = contents.tables.iter().find(|table| table.name == name);
                table.unwrap().rows
            };
            assert_eq!(
                (rows("list_entry"), rows("account"), rows("hit")),
                (1200, 1, 0)
            );
            assert_eq!(check(&mut stream.as_slice()).unwrap(), contents);
            for to in TestPlace::each("backup_to") {
                let restored = restore(&to.name(), &mut stream.as_slice()).unwrap();
                assert_eq!(restored, contents);
                let mut again = Vec::new();
                assert_eq!(dump(&to.name(), &mut again).unwrap(), contents);
                let twice = restore(&to.name(), &mut stream.as_slice());
                assert!(matches!(twice, Err(StoreError::NotBlank { .. })));
            }
        }
    }

    #[test]
    fn a_changed_or_cut_stream_restores_nothing() {
        let from = TestPlace::folder("backup_bad");
        filled(&from.name());
        let mut stream = Vec::new();
        dump(&from.name(), &mut stream).unwrap();
        for at in (0..stream.len()).step_by(997) {
            let mut changed = stream.clone();
            changed[at] ^= 4;
            let to = TestPlace::folder("backup_bad_to");
            assert!(
                restore(&to.name(), &mut changed.as_slice()).is_err(),
                "byte {at}"
            );
            assert!(check(&mut changed.as_slice()).is_err(), "byte {at}");
            assert!(check(&mut &stream[..at]).is_err(), "cut at {at}");
            // Nothing of it remains.
            let mut db = Place::parse(&to.name()).unwrap().connect(false).unwrap();
            assert!(db.is_blank().unwrap(), "byte {at}");
        }
    }

    #[test]
    fn there_must_be_a_store_to_back_up() {
        let none = TestPlace::folder("backup_none");
        let dumped = dump(&none.name(), &mut Vec::new());
        assert!(matches!(dumped, Err(StoreError::Missing { .. })));
    }
}
