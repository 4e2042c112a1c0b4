//! `WAVEFOLD_EMULATOR`, in processes of their own: the variable is read once.

use std::process::{Command, Output};

use super::api::library_path;

/// A client in C: initialises, and prints the status and the number of agents.
const CLIENT: &str = r#"
#include <stdint.h>
#include <stdio.h>
typedef struct { uint64_t handle; } agent_t;
int hsa_init(void);
int hsa_shut_down(void);
int hsa_iterate_agents(int (*)(agent_t, void *), void *);
static int count(agent_t agent, void *data) { (void)agent; ++*(int *)data; return 0; }
int main(void) {
    int agents = 0, before = hsa_shut_down(), status = hsa_init();
    hsa_iterate_agents(count, &agents);
    printf("%x %x %d %x\n", before, status, agents, status == 0 ? hsa_shut_down() : 0);
    return 0;
}
"#;

fn client(options: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, program) = (folder.path().join("client.c"), folder.path().join("client"));
    std::fs::write(&source, CLIENT).expect("written");
    let status = Command::new("cc")
        .arg("-o")
        .args([&program, &source])
        .arg(library_path())
        .status()
        .expect("the C compiler runs");
    assert!(status.success());
    Command::new(program)
        .env("LD_LIBRARY_PATH", library_path().parent().expect("in a folder"))
        .env("WAVEFOLD_EMULATOR", options)
        .output()
        .expect("the client runs")
}

#[test]
fn a_good_value_is_followed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let statistics = folder.path().join("statistics.json");
    let output = client(&format!("gpus=3,stats={}", statistics.display()));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "100b 0 4 0\n");
    let written = std::fs::read_to_string(statistics).expect("the statistics are written");
    assert!(written.starts_with("{\"dispatches\":0,"), "{written}");
}

#[test]
fn a_bad_value_is_an_error_with_a_reason() {
    let output = client("gpus=none");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "100b 1000 0 0\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "wavefold emulator: WAVEFOLD_EMULATOR: gpus: expected a number from 1 to 16, found `none`\n"
    );
}
