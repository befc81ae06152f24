//! A driver inside one transaction, and whether anything was changed through it.

use super::{Driver, Insert, Row, Value};
use crate::StoreError;

/// What the nouns of this crate work on.
pub(crate) struct Watched<'a> {
    driver: &'a mut dyn Driver,
    changed: bool,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(driver: &'a mut dyn Driver) -> Self {
        Self {
            driver,
            changed: false,
        }
    }

    /// Whether a row was written or removed.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed
    }

    /// As [`Driver::execute`].
    pub(crate) fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let touched = self.driver.execute(sql, values)?;
        self.changed |= touched > 0;
        Ok(touched)
    }

    /// As [`Driver::put`].
    pub(crate) fn put(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.changed = true;
        self.driver.put(sql, values)
    }

    /// As [`Driver::query`].
    pub(crate) fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.driver.query(sql, values, each)
    }

    /// As [`Driver::insert_many`].
    pub(crate) fn insert_many(
        &mut self,
        into: &Insert,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        if values.is_empty() {
            return Ok(());
        }
        self.changed = true;
        self.driver.insert_many(into, values)
    }
}
