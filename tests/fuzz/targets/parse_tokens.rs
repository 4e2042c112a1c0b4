//! The front end on the repository's PTX with some of its tokens changed.
#![no_main]

use std::sync::LazyLock;
use wavefold_fuzz::{check, corpus::Corpus};

static CORPUS: LazyLock<Corpus> = LazyLock::new(Corpus::read);

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::front_end(CORPUS.mutant(data).as_bytes()));
