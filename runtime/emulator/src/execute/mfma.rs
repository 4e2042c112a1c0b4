//! Matrix instructions.

use super::{Attachments, Instruction};
use crate::isa::Decoded;

/// Resolves a matrix instruction.
pub(crate) fn build(_decoded: &Decoded, _attachments: &mut Attachments) -> Option<Instruction> {
    None
}
