//! What the fuzz targets share: choices drawn from an input, the corpus of PTX, limits of memory, modules made from rows.

pub mod check;
pub mod corpus;
pub mod draw;
pub mod kernels;
pub mod limits;
