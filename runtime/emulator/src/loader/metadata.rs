//! The AMDGPU metadata note: what the compiler says of each kernel, in MessagePack.

use std::collections::{HashMap, HashSet};

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

#[derive(Deserialize)]
struct Variables {
    #[serde(default)]
    variables: Vec<Variable>,
}

#[derive(Deserialize)]
struct Variable {
    name: String,
    space: String,
}

/// The variables that a Wavefold note calls constant; none when it cannot be read, for it only serves the checks.
pub fn constants(bytes: &[u8]) -> HashSet<String> {
    let Ok(note) = rmp_serde::from_slice::<Variables>(bytes) else { return HashSet::new() };
    note.variables
        .into_iter()
        .filter(|variable| variable.space == "constant")
        .map(|variable| variable.name)
        .collect()
}

/// Reads the note; the kernels by the names of their descriptor symbols. `None` when it is malformed.
pub fn parse(bytes: &[u8]) -> Option<HashMap<String, KernelMetadata>> {
    let root: Root = rmp_serde::from_slice(bytes).ok()?;
    Some(root.kernels.into_iter().map(|kernel| (kernel.symbol.clone(), kernel)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_needs_and_ignores_the_rest() {
        // {"amdhsa.kernels": [{".symbol": "k.kd", ".kernarg_segment_size": 300, ".args": [{}], ".sgpr_count": 8}]}
        let mut note = vec![0x81, 0xae];
        note.extend(b"amdhsa.kernels");
        note.extend([0x91, 0x84, 0xa7]);
        note.extend(b".symbol");
        note.push(0xa4);
        note.extend(b"k.kd");
        note.push(0xb5);
        note.extend(b".kernarg_segment_size");
        note.extend([0xcd, 0x01, 0x2c, 0xa5]);
        note.extend(b".args");
        note.extend([0x91, 0x80, 0xab]);
        note.extend(b".sgpr_count");
        note.push(8);
        let kernels = parse(&note).expect("sound");
        assert_eq!(kernels["k.kd"].kernarg_segment_size, 300);
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let mut note = vec![0x81, 0xa1, b'x'];
        note.extend(std::iter::repeat_n(0x91, 1_000_000));
        assert_eq!(parse(&note), None);
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&[0xdf, 0xff, 0xff, 0xff, 0xff]), None, "a map of four thousand million entries");
    }
}
