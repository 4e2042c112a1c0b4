//! Command lines of the toolkit's tools: what they make, and their exact complaints about what is wrong.
//!
//! Takes the toolkit in `$WAVEFOLD_TOOLKIT`, else `target/toolkit` of the repository; its `ptxas`, headers and libraries are
//! used, while the tools under test are this build's. Without a toolkit every test fails and says so.

mod bench;
mod cmake;
mod complaints;
mod dialogue;
mod headers;
mod outputs;
mod robustness;

use libtest_mimic::{Arguments, Trial};

/// A test's body: what went wrong, or nothing.
type Body = fn() -> Result<(), String>;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let groups: [(&str, Vec<(&str, Body)>); 5] = [
        ("outputs", outputs::tests()),
        ("dialogue", dialogue::tests()),
        ("headers", headers::tests()),
        ("robustness", robustness::tests()),
        ("cmake", cmake::tests()),
    ];
    for (group, tests) in groups {
        for (name, body) in tests {
            trials.push(Trial::test(format!("{group}::{name}"), move || body().map_err(Into::into)));
        }
    }
    for case in complaints::CASES {
        trials.push(Trial::test(format!("complaints::{}", case.name), || {
            complaints::check(case).map_err(Into::into)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit();
}
