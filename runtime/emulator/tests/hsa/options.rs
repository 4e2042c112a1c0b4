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

/// A client that shuts the runtime down with memory allocated and a queue running, and starts again.
const TWICE: &str = r#"
#include <stdint.h>
#include <stdio.h>
typedef struct { uint64_t handle; } handle_t;
int hsa_init(void);
int hsa_shut_down(void);
int hsa_iterate_agents(int (*)(handle_t, void *), void *);
int hsa_amd_agent_iterate_memory_pools(handle_t, int (*)(handle_t, void *), void *);
int hsa_amd_memory_pool_allocate(handle_t, size_t, uint32_t, void **);
int hsa_queue_create(handle_t, uint32_t, uint32_t, void *, void *, uint32_t, uint32_t, void **);
static int last(handle_t handle, void *data) { *(handle_t *)data = handle; return 0; }
static int first(handle_t handle, void *data) { *(handle_t *)data = handle; return 1; }
int main(void) {
    for (int round = 0; round < 2; round++) {
        handle_t gpu = {0}, pool = {0};
        void *memory, *queue;
        int status = hsa_init();
        hsa_iterate_agents(last, &gpu);
        hsa_amd_agent_iterate_memory_pools(gpu, first, &pool);
        int fits = hsa_amd_memory_pool_allocate(pool, 200 << 20, 0, &memory);
        int full = hsa_amd_memory_pool_allocate(pool, 200 << 20, 0, &memory);
        int made = hsa_queue_create(gpu, 64, 0, 0, 0, 0, 0, &queue);
        printf("%x %x %x %x %x\n", status, fits, full, made, hsa_shut_down());
    }
    return 0;
}
"#;

fn client(code: &str, options: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, program) = (folder.path().join("client.c"), folder.path().join("client"));
    std::fs::write(&source, code).expect("written");
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
    let output = client(CLIENT, &format!("gpus=3,stats={}", statistics.display()));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "100b 0 4 0\n");
    let written = std::fs::read_to_string(statistics).expect("the statistics are written");
    assert!(written.starts_with("{\"dispatches\":0,"), "{written}");
}

#[test]
fn a_bad_value_is_an_error_with_a_reason() {
    let output = client(CLIENT, "gpus=none");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "100b 1000 0 0\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "wavefold emulator: WAVEFOLD_EMULATOR: gpus: expected a number from 1 to 16, found `none`\n"
    );
}

#[test]
fn a_shutdown_gives_everything_back() {
    let output = client(TWICE, "memory=256MiB");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 0 1008 0 0\n0 0 1008 0 0\n");
}
