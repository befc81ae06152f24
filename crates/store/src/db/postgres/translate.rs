//! A schema in the words of PostgreSQL.
//!
//! Migrations are written for SQLite. The few words that differ stand in capitals and are replaced
//! as whole words; comments and quoted text stay.

/// Words of a schema and what they are here. Text is ordered by its bytes, as SQLite does and
/// whatever the language of the database is.
const WORDS: &[(&str, &str)] = &[
    ("BLOB", "BYTEA"),
    ("INTEGER", "BIGINT"),
    ("REAL", "DOUBLE PRECISION"),
    ("TEXT", "TEXT COLLATE \"C\""),
    ("WITHOUT ROWID", ""),
];

/// Bytes are kept as they are given: what is sealed cannot be made smaller, and a search through
/// the files of the server for what must not be there sees everything.
pub(super) const KEPT_AS_GIVEN: &str = "
    DO $$ DECLARE found record; BEGIN
        FOR found IN SELECT attrelid::regclass AS relation, attname AS name FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid
            WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
                AND attnum > 0 AND atttypid = 'bytea'::regtype AND attstorage <> 'e'
        LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE EXTERNAL',
            found.relation, found.name);
        END LOOP;
    END $$";

/// Translates the text of a migration.
pub(super) fn schema(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() * 2);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (piece, put) = if rest.starts_with("--") {
            plain(rest, rest.find('\n').unwrap_or(rest.len()))
        } else if first == '\'' {
            plain(rest, rest[1..].find('\'').map_or(rest.len(), |end| end + 2))
        } else if is_word(first) {
            let known = WORDS.iter().find(|(word, _)| {
                rest.strip_prefix(word)
                    .is_some_and(|after| !after.starts_with(is_word))
            });
            match known {
                Some((word, here)) => (word.len(), *here),
                None => plain(rest, rest.find(|c| !is_word(c)).unwrap_or(rest.len())),
            }
        } else {
            plain(rest, first.len_utf8())
        };
        out.push_str(put);
        rest = &rest[piece..];
    }
    out
}

fn plain(rest: &str, length: usize) -> (usize, &str) {
    (length, &rest[..length])
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::schema;

    #[track_caller]
    fn check(given: &str, expect: &str) {
        assert_eq!(schema(given), expect);
    }

    #[test]
    fn types_are_translated_as_whole_words() {
        check(
            "CREATE TABLE t (n INTEGER PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;",
            "CREATE TABLE t (n BIGINT PRIMARY KEY, key BYTEA NOT NULL) ;",
        );
        check(
            "a TEXT, TEXTS TEXT_ A_TEXT",
            "a TEXT COLLATE \"C\", TEXTS TEXT_ A_TEXT",
        );
        check("share REAL", "share DOUBLE PRECISION");
    }

    #[test]
    fn comments_and_quoted_text_stay() {
        check("-- TEXT isn't\nBLOB", "-- TEXT isn't\nBYTEA");
        check("DEFAULT 'a BLOB' BLOB", "DEFAULT 'a BLOB' BYTEA");
        check("'BLOB", "'BLOB");
    }
}
