//! The emulator's decoder and disassembler on any words.
#![no_main]

use wavefold_emulator::isa::{decode, disassemble};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let words: Vec<u32> =
        data.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
    let mut at = 0;
    while at < words.len() {
        let Some(decoded) = decode(words[at], words.get(at + 1).copied()) else {
            at += 1;
            continue;
        };
        assert!(!disassemble(&decoded).is_empty());
        at += usize::from(decoded.words);
    }
});
