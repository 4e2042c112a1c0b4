//! The AMDGPU metadata note: what the compiler says of each kernel, in MessagePack.

use std::collections::HashMap;

use serde::Deserialize;

/// What the note says of a kernel, as far as the runtime needs it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct KernelMetadata {
    /// The symbol of the kernel descriptor, `name.kd`.
    #[serde(rename = ".symbol", default)]
    pub symbol: String,
    /// Bytes of kernel arguments, the implicit ones included.
    #[serde(rename = ".kernarg_segment_size", default)]
    pub kernarg_segment_size: u32,
    /// Their alignment.
    #[serde(rename = ".kernarg_segment_align", default)]
    pub kernarg_segment_align: u32,
    /// Static LDS.
    #[serde(rename = ".group_segment_fixed_size", default)]
    pub group_segment_fixed_size: u32,
    /// Scratch of a work-item.
    #[serde(rename = ".private_segment_fixed_size", default)]
    pub private_segment_fixed_size: u32,
    /// Whether the scratch needed is not known.
    #[serde(rename = ".uses_dynamic_stack", default)]
    pub uses_dynamic_stack: bool,
}

#[derive(Deserialize)]
struct Root {
    #[serde(rename = "amdhsa.kernels", default)]
    kernels: Vec<KernelMetadata>,
}

/// Reads the note; the kernels by the names of their descriptor symbols. `None` when it is malformed.
pub fn parse(bytes: &[u8]) -> Option<HashMap<String, KernelMetadata>> {
    let root: Root = rmp_serde::from_slice(bytes).ok()?;
    Some(root.kernels.into_iter().map(|kernel| (kernel.symbol.clone(), kernel)).collect())
}
