//! Writes one JSON object: all that the answer key needs.
//!
//! Source: RFC 8259, section 7, for what must be escaped.

use std::fmt::Write;

/// An object under construction.
#[derive(Default)]
pub(crate) struct Object(String);

impl Object {
    /// A member with a text.
    pub(crate) fn text(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        quote(&mut self.0, value);
        self
    }

    /// A member with a list of texts.
    pub(crate) fn texts<'a>(mut self, key: &str, values: impl Iterator<Item = &'a str>) -> Self {
        self.key(key);
        self.0.push('[');
        for (i, value) in values.enumerate() {
            if i > 0 {
                self.0.push(',');
            }
            quote(&mut self.0, value);
        }
        self.0.push(']');
        self
    }

    /// A member with a number.
    pub(crate) fn number(mut self, key: &str, value: usize) -> Self {
        self.key(key);
        self.0.push_str(&value.to_string());
        self
    }

    /// A member that is true or false.
    pub(crate) fn flag(mut self, key: &str, value: bool) -> Self {
        self.key(key);
        self.0.push_str(if value { "true" } else { "false" });
        self
    }

    /// A member with another object.
    pub(crate) fn object(mut self, key: &str, value: Self) -> Self {
        self.key(key);
        self.0.push_str(&value.end());
        self
    }

    /// The finished object.
    pub(crate) fn end(self) -> String {
        format!("{{{}}}", self.0)
    }

    fn key(&mut self, key: &str) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        quote(&mut self.0, key);
        self.0.push(':');
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\x1f' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[test]
    fn an_object_is_json() {
        let inner = Object::default().number("n", 7).flag("ok", true);
        let object = Object::default()
            .text("a \"b\"", "c\\d\n")
            .texts("list", ["x", "y"].into_iter())
            .object("inner", inner);
        let expect = r#"{"a \"b\"":"c\\d\u000a","list":["x","y"],"inner":{"n":7,"ok":true}}"#;
        assert_eq!(object.end(), expect);
    }
}
