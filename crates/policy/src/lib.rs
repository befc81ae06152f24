//! The legal profile as data; who may do what with which field, until when; audit records.
