//! The front end on any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wavefold_fuzz::check::front_end(data));
