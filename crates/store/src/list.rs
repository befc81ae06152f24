//! Lists and their versions.

use crate::db::{Insert, Value};
use crate::message::instant;
use crate::seal::Kind;
use crate::{StoreError, Tx};
use jiff::Timestamp;

/// A list and the version in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Short identifier, such as `un`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it may be used.
    pub legal_basis: String,
    /// Version in force.
    pub active: String,
    /// What it is for: the name of an [`oriel_policy::ListKind`].
    pub kind: String,
    /// How old it may get before it is warned of, in hours since it was last brought in.
    pub fresh_hours: Option<i64>,
    /// Codes of the offences for which it may be used, separated by blanks.
    pub offences: String,
    /// Whether every entry must say the last day on which it counts.
    pub entries_end: bool,
    /// When it was last brought in, changed or not, UTC; older stores do not say.
    pub fetched_at: Option<Timestamp>,
}

impl ListRow {
    /// Whether it is older than it may get. A version that was only proposed does not count.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let (Some(hours), Some(at)) = (self.fresh_hours, self.fetched_at) else {
            return false;
        };
        !self.active.is_empty() && now.duration_since(at).as_hours() >= hours
    }
}

/// One version of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListVersionRow {
    /// The list.
    pub list: String,
    /// Digest of the content.
    pub version: String,
    /// When it was imported, UTC.
    pub imported_at: Timestamp,
    /// By whom.
    pub imported_by: String,
    /// Format it was read from.
    pub format: String,
    /// Entries taken.
    pub entries: i64,
    /// Rows not taken, as JSON: row, column, reason.
    pub rejects: String,
    /// What it came to, as JSON; empty in older stores.
    pub counts: String,
    /// SHA-256 of the file it was read from; empty in older stores.
    pub source: String,
    /// When it was last put in force, UTC; never, where it was only proposed.
    pub in_force_at: Option<Timestamp>,
}

impl ListVersionRow {
    /// Format of a version that lists documents and no persons.
    pub const DOCUMENTS: &'static str = "documents";

    /// Whether it lists documents and no persons.
    pub fn lists_documents(&self) -> bool {
        self.format == Self::DOCUMENTS
    }
}

const ENTRIES: Insert = Insert {
    table: "list_entry",
    columns: &["list", "version", "entry", "data"],
    conflict: "ON CONFLICT (list, version, entry) DO UPDATE SET data = excluded.data",
};

impl Tx<'_> {
    /// Every list.
    pub fn list_all(&mut self) -> Result<Vec<ListRow>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT id, name, owner, legal_basis, active, kind, fresh_hours, offences, fetched_at,
                entries_end
             FROM list ORDER BY id",
            &[],
            &mut |row| {
                rows.push(ListRow {
                    id: row.text(0)?.to_owned(),
                    name: row.text(1)?.to_owned(),
                    owner: row.text(2)?.to_owned(),
                    legal_basis: row.text(3)?.to_owned(),
                    active: row.text(4)?.to_owned(),
                    kind: row.text(5)?.to_owned(),
                    fresh_hours: row.int_or_null(6)?,
                    offences: row.text(7)?.to_owned(),
                    fetched_at: row.int_or_null(8)?.map(instant).transpose()?,
                    entries_end: row.int(9)? != 0,
                });
                Ok(())
            },
        )?;
        Ok(rows)
    }

    /// Writes a list and the version in force.
    pub fn list_put(&mut self, list: &ListRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO list (id, name, owner, legal_basis, active, kind, fresh_hours, offences,
                fetched_at, entries_end)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner,
                legal_basis = excluded.legal_basis, active = excluded.active,
                kind = excluded.kind, fresh_hours = excluded.fresh_hours,
                offences = excluded.offences, fetched_at = excluded.fetched_at,
                entries_end = excluded.entries_end",
            &[
                Value::Text(&list.id),
                Value::Text(&list.name),
                Value::Text(&list.owner),
                Value::Text(&list.legal_basis),
                Value::Text(&list.active),
                Value::Text(&list.kind),
                Value::from(list.fresh_hours),
                Value::Text(&list.offences),
                Value::from(list.fetched_at.map(Timestamp::as_microsecond)),
                Value::Int(list.entries_end.into()),
            ],
        )?;
        Ok(())
    }

    /// Every version of every list, newest first.
    pub fn list_versions(&mut self) -> Result<Vec<ListVersionRow>, StoreError> {
        self.versions_where("", &[])
    }

    /// One version of a list.
    pub fn list_version(
        &mut self,
        list: &str,
        version: &str,
    ) -> Result<Option<ListVersionRow>, StoreError> {
        let values = [Value::Text(list), Value::Text(version)];
        let mut rows = self.versions_where("WHERE list = $1 AND version = $2", &values)?;
        Ok(rows.pop())
    }

    fn versions_where(
        &mut self,
        condition: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<ListVersionRow>, StoreError> {
        let sql = format!(
            "SELECT list, version, imported_at, imported_by, format, entries, rejects, counts,
                source, in_force_at
             FROM list_version {condition} ORDER BY list, imported_at DESC, version"
        );
        let mut rows = Vec::new();
        self.db.query(&sql, values, &mut |row| {
            rows.push(ListVersionRow {
                list: row.text(0)?.to_owned(),
                version: row.text(1)?.to_owned(),
                imported_at: instant(row.int(2)?)?,
                imported_by: row.text(3)?.to_owned(),
                format: row.text(4)?.to_owned(),
                entries: row.int(5)?,
                rejects: row.text(6)?.to_owned(),
                counts: row.text(7)?.to_owned(),
                source: row.text(8)?.to_owned(),
                in_force_at: row.int_or_null(9)?.map(instant).transpose()?,
            });
            Ok(())
        })?;
        Ok(rows)
    }

    /// Keeps a version, whose entries or blocks are there; one that is known is left.
    pub fn list_version_insert(&mut self, version: &ListVersionRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO list_version (list, version, imported_at, imported_by, format, entries,
                rejects, counts, source, in_force_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (list, version) DO NOTHING",
            &[
                Value::Text(&version.list),
                Value::Text(&version.version),
                Value::Int(version.imported_at.as_microsecond()),
                Value::Text(&version.imported_by),
                Value::Text(&version.format),
                Value::Int(version.entries),
                Value::Text(&version.rejects),
                Value::Text(&version.counts),
                Value::Text(&version.source),
                Value::from(version.in_force_at.map(Timestamp::as_microsecond)),
            ],
        )?;
        Ok(())
    }

    /// Keeps entries of a version: identifier and JSON.
    pub fn list_entries_put(
        &mut self,
        list: &str,
        version: &str,
        entries: &[(String, String)],
    ) -> Result<(), StoreError> {
        let seal = self.seal_of_lists()?;
        let sealed: Vec<Vec<u8>> = entries
            .iter()
            .map(|(entry, data)| {
                let place = entry_place(list, version, entry);
                seal.put(Kind::Entry, &place, data.as_bytes())
            })
            .collect::<Result<_, _>>()?;
        let values: Vec<Value<'_>> = entries
            .iter()
            .zip(&sealed)
            .flat_map(|((entry, _), data)| {
                [
                    Value::Text(list),
                    Value::Text(version),
                    Value::Text(entry),
                    Value::Blob(data),
                ]
            })
            .collect();
        self.db.insert_many(&ENTRIES, &values)
    }

    /// Says that a version was put in force.
    pub fn list_version_in_force(
        &mut self,
        list: &str,
        version: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.db.put(
            "UPDATE list_version SET in_force_at = $1 WHERE list = $2 AND version = $3",
            &[
                Value::Int(at.as_microsecond()),
                Value::Text(list),
                Value::Text(version),
            ],
        )
    }

    /// The key under which numbers of listed documents are compared, the same for every version.
    pub fn list_document_key(&mut self) -> Result<[u64; 2], StoreError> {
        self.list_key("documents")
    }

    /// The key under which listed telephone numbers, addresses and payments are compared.
    pub fn list_selector_key(&mut self) -> Result<[u64; 2], StoreError> {
        self.list_key("selectors")
    }

    fn list_key(&mut self, of: &str) -> Result<[u64; 2], StoreError> {
        let key = self.ring_of_lists()?.blind(of, b"");
        let (one, other) = key.split_at(8);
        let number = |half: &[u8]| u64::from_le_bytes(half.try_into().expect("eight of 16 bytes"));
        Ok([number(one), number(other)])
    }

    /// Keeps a block of a version that lists documents.
    pub fn list_block_put(
        &mut self,
        list: &str,
        version: &str,
        n: i64,
        block: &[u8],
    ) -> Result<(), StoreError> {
        let number = n.to_be_bytes();
        let place = [list.as_bytes(), version.as_bytes(), &number];
        let data = self.seal_of_lists()?.put(Kind::Block, &place, block)?;
        self.db.put(
            "INSERT INTO list_block (list, version, n, data) VALUES ($1, $2, $3, $4)
             ON CONFLICT (list, version, n) DO UPDATE SET data = excluded.data",
            &[
                Value::Text(list),
                Value::Text(version),
                Value::Int(n),
                Value::Blob(&data),
            ],
        )
    }

    /// The blocks of a version that lists documents, in order.
    pub fn list_blocks<E: From<StoreError>>(
        &mut self,
        list: &str,
        version: &str,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let seal = self.seal_of_lists()?;
        let mut failed = None;
        self.db.query(
            "SELECT n, data FROM list_block WHERE list = $1 AND version = $2 ORDER BY n",
            &[Value::Text(list), Value::Text(version)],
            &mut |row| {
                if failed.is_none() {
                    let number = row.int(0)?.to_be_bytes();
                    let place = [list.as_bytes(), version.as_bytes(), &number];
                    failed = each(&seal.take(Kind::Block, &place, row.blob(1)?)?).err();
                }
                Ok(())
            },
        )?;
        failed.map_or(Ok(()), Err)
    }

    /// Entries of a version as JSON, by identifier.
    pub fn list_entries<E: From<StoreError>>(
        &mut self,
        list: &str,
        version: &str,
        mut each: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let seal = self.seal_of_lists()?;
        let mut failed = None;
        self.db.query(
            "SELECT entry, data FROM list_entry WHERE list = $1 AND version = $2 ORDER BY entry",
            &[Value::Text(list), Value::Text(version)],
            &mut |row| {
                if failed.is_none() {
                    let place = entry_place(list, version, row.text(0)?);
                    failed = each(&seal.take_text(Kind::Entry, &place, row.blob(1)?)?).err();
                }
                Ok(())
            },
        )?;
        failed.map_or(Ok(()), Err)
    }

    /// One entry of a version as JSON.
    pub fn list_entry(
        &mut self,
        list: &str,
        version: &str,
        entry: &str,
    ) -> Result<Option<String>, StoreError> {
        let seal = self.seal_of_lists()?;
        let place = entry_place(list, version, entry);
        let mut found = None;
        self.db.query(
            "SELECT data FROM list_entry WHERE list = $1 AND version = $2 AND entry = $3",
            &[Value::Text(list), Value::Text(version), Value::Text(entry)],
            &mut |row| {
                found = Some(seal.take_text(Kind::Entry, &place, row.blob(0)?)?);
                Ok(())
            },
        )?;
        Ok(found)
    }
}

fn entry_place<'a>(list: &'a str, version: &'a str, entry: &'a str) -> [&'a [u8]; 3] {
    [list.as_bytes(), version.as_bytes(), entry.as_bytes()]
}
