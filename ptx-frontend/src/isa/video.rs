//! To be filled.

use super::row::rows;

rows! {}
