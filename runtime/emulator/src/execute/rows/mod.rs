//! The rows: one for each mnemonic, in chapters.

mod compare;
mod convert;
mod double;
mod half;
mod integer;
mod packed;
mod scalar;
mod single;

use std::collections::HashMap;
use std::sync::OnceLock;

pub(crate) use single::add_to_odd;

use super::scalar::ScalarRow;
use super::vector::VectorRow;

/// The row of a vector instruction, by its mnemonic without suffix; `/clamp` for the saturating form.
pub(crate) fn vector(mnemonic: &str) -> Option<VectorRow> {
    static ROWS: OnceLock<HashMap<&'static str, VectorRow>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        [
            compare::rows(),
            convert::rows(),
            half::rows(),
            integer::rows(),
            packed::rows(),
            single::rows(),
            double::rows(),
        ]
        .into_iter()
        .flatten()
        .map(|row| (row.mnemonic, row))
        .collect()
    });
    rows.get(mnemonic).copied()
}

/// The row of a scalar instruction.
pub(crate) fn scalar(mnemonic: &str) -> Option<ScalarRow> {
    static ROWS: OnceLock<HashMap<&'static str, ScalarRow>> = OnceLock::new();
    ROWS.get_or_init(|| scalar::rows().into_iter().map(|row| (row.mnemonic, row)).collect())
        .get(mnemonic)
        .copied()
}
