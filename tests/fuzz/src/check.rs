//! What must hold of every text: an error that can be rendered, or a module that survives printing; in bounded memory.

use crate::limits;

/// Memory that any input may take, and bytes for each byte of its text besides.
const BASE: usize = 4 << 20;
const PER_BYTE: usize = 400;

/// Parses the bytes. A module is printed, parsed again and printed again: both texts must agree.
pub fn front_end(bytes: &[u8]) {
    let parsed =
        limits::within(BASE + PER_BYTE * bytes.len(), || ptx_frontend::parse_bytes(bytes, "input.ptx"));
    match parsed {
        Err(errors) => {
            assert!(!errors.list.is_empty(), "an error without a complaint");
            let text = errors.render(&String::from_utf8_lossy(bytes));
            assert!(text.starts_with("input.ptx:"), "{text}");
        }
        Ok(module) => {
            let printed = ptx_frontend::print::print(&module);
            match ptx_frontend::parse(&printed, "printed.ptx") {
                Ok(again) => {
                    let twice = ptx_frontend::print::print(&again);
                    assert!(printed == twice, "printed:\n{printed}\nagain:\n{twice}");
                }
                Err(errors) => panic!("the printed module does not parse:\n{}", errors.render(&printed)),
            }
        }
    }
}
