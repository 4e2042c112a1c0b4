//! Code objects with wrong bytes: a status, whatever they are, and never the end of the process.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::api::gpu;
use super::kernel::{Executable, assemble, source};

fn sound() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let data = "\n.data\n.globl table\n.type table,@object\ntable:\n.quad table\n.size table, 8\n";
        assemble(&(source("nothing", "") + data), 5)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = sound().to_vec();
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        let _ = Executable::try_load(&bytes, gpu());
    }

    #[test]
    fn changed_headers(offset in 0usize..1024, value in any::<u64>()) {
        let mut bytes = sound().to_vec();
        bytes[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
        let _ = Executable::try_load(&bytes, gpu());
    }

    #[test]
    fn cut_short(length in any::<prop::sample::Index>()) {
        let bytes = sound();
        let _ = Executable::try_load(&bytes[..length.index(bytes.len()).max(1)], gpu());
    }
}
