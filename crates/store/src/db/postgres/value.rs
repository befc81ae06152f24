//! Values in PostgreSQL's binary form, in and out.
//!
//! - In: [`Value`] in the type that the server wants for its place.
//! - Out: whole numbers of any width, sums and truth values as `i64`; text; bytes.
//! - PostgreSQL's text holds no character zero. Where a message smuggles one in, the picture of it
//!   is kept (U+2400); the bytes of the message keep it as it was.

use super::super::{Row, Value};
use crate::StoreError;
use std::error::Error;
use std::fmt;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

type Fault = Box<dyn Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match (self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => number.to_sql(kind, out),
            (Value::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(kind, out),
            (Value::Text(text), &Type::TEXT) if text.contains('\0') => {
                text.replace('\0', "\u{2400}").to_sql(kind, out)
            }
            (Value::Text(text), &Type::TEXT) => text.to_sql(kind, out),
            (Value::Blob(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            _ => Err(format!("the statement wants {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        // A value knows only at run time what it is.
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A value that stays while its statement is on its way.
pub(super) enum Owned {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Owned {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_owned()),
        }
    }
}

impl fmt::Debug for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl ToSql for Owned {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        self.value().to_sql(kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A whole number, however the server writes it.
struct Number(i64);

impl<'a> FromSql<'a> for Number {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(Self(match *kind {
            Type::INT8 => i64::from_sql(kind, raw)?,
            Type::INT4 => i32::from_sql(kind, raw)?.into(),
            Type::INT2 => i16::from_sql(kind, raw)?.into(),
            Type::BOOL => bool::from_sql(kind, raw)?.into(),
            _ => whole(raw).ok_or("not a whole number")?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::NUMERIC
        )
    }
}

/// A whole number from NUMERIC, which is what a sum of whole numbers is: four numbers of 16 bits
/// (digits that follow, weight of the first, sign, digits shown after the point), then digits to
/// the base of 10 000.
fn whole(raw: &[u8]) -> Option<i64> {
    let mut words = raw
        .chunks_exact(2)
        .map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, _) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let mut value: i64 = 0;
    for _ in 0..=weight {
        let digit = words.next().unwrap_or(0);
        value = value.checked_mul(10_000)?.checked_add(digit.into())?;
    }
    let fraction = count > weight.checked_add(1)?.max(0);
    match sign {
        _ if fraction => None,
        0 => Some(value),
        0x4000 => value.checked_neg(),
        _ => None,
    }
}

/// What a column holds, of whatever type.
struct Raw<'a>(Option<i64>, &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        let number = Number::accepts(kind).then(|| Number::from_sql(kind, raw));
        Ok(Self(number.transpose()?.map(|number| number.0), raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Row for tokio_postgres::Row {
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        get::<Number>(self, column, "a number").map(|number| number.0)
    }

    fn int_or_null(&self, column: usize) -> Result<Option<i64>, StoreError> {
        get::<Option<Number>>(self, column, "a number").map(|number| number.map(|n| n.0))
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        get(self, column, "text")
    }

    fn text_or_null(&self, column: usize) -> Result<Option<&str>, StoreError> {
        get(self, column, "text")
    }

    fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        get(self, column, "bytes")
    }

    fn value(&self, column: usize) -> Result<Value<'_>, StoreError> {
        Ok(match *self.columns()[column].type_() {
            Type::TEXT => self.text_or_null(column)?.into(),
            Type::BYTEA => {
                get::<Option<&[u8]>>(self, column, "bytes")?.map_or(Value::Null, Value::Blob)
            }
            _ => self.int_or_null(column)?.into(),
        })
    }

    fn absorb(&self, each: &mut dyn FnMut(&[u8])) -> Result<(), StoreError> {
        for column in 0..self.len() {
            match get::<Option<Raw<'_>>>(self, column, "a value")? {
                None => each(&[]),
                Some(Raw(Some(number), _)) => each(number.to_string().as_bytes()),
                Some(Raw(None, bytes)) => each(bytes),
            }
        }
        Ok(())
    }
}

fn get<'a, T: FromSql<'a>>(
    row: &'a tokio_postgres::Row,
    column: usize,
    what: &str,
) -> Result<T, StoreError> {
    row.try_get(column).map_err(|_| StoreError::damaged(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NUMERIC as the server sends it.
    fn numeric(weight: i16, sign: i16, digits: &[i16]) -> Vec<u8> {
        [digits.len() as i16, weight, sign, 0]
            .iter()
            .chain(digits)
            .flat_map(|word| word.to_be_bytes())
            .collect()
    }

    #[test]
    fn a_sum_is_a_whole_number() {
        let cases: &[(i16, i16, &[i16], Option<i64>)] = &[
            (0, 0, &[], Some(0)),
            (0, 0, &[7], Some(7)),
            (1, 0, &[1, 2], Some(10_002)),
            (2, 0, &[5], Some(500_000_000)),
            (0, 0x4000, &[12], Some(-12)),
            (0, 0, &[1, 5000], None),
            (-1, 0, &[5000], None),
            (5, 0, &[9999], None),
            (0, -0x4000, &[], None),
        ];
        for (weight, sign, digits, expect) in cases {
            let raw = numeric(*weight, *sign, digits);
            assert_eq!(whole(&raw), *expect, "{weight} {sign} {digits:?}");
        }
        assert_eq!(whole(&[0, 1]), None);
    }

    #[test]
    fn a_value_prints_no_content() {
        let values = [
            Value::Text("EXEMPLE"),
            Value::Blob(b"EXEMPLE"),
            Value::Int(1_987),
        ];
        assert_eq!(format!("{values:?}"), "[text of 7 bytes, 7 bytes, number]");
    }
}
