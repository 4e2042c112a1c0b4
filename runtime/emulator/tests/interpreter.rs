//! Whole kernels on the interpreter, without HSA.

mod support;

use support::kernel::{Code, Launch, Memory, argument, compile, launch};

#[test]
fn saxpy() {
    let bytes = compile(
        "kernel void saxpy(global float *y, global const float *x, float a, int n) {
            int i = thread_id();
            if (i < n) y[i] = a * x[i] + y[i];
        }",
        &[],
    );
    let memory = Memory::default();
    let code = Code::load(&memory, &bytes);
    let n = 1000usize;
    let x: Vec<f32> = (0..n).map(|i| i as f32).collect();
    let y: Vec<f32> = (0..n).map(|i| 0.5 * i as f32).collect();
    let (px, py) = (memory.put(&x), memory.put(&y));
    let mut arguments = Vec::new();
    argument(&mut arguments, py);
    argument(&mut arguments, px);
    argument(&mut arguments, 3.0f32);
    argument(&mut arguments, n as i32);
    let statistics = launch(
        &memory,
        &code,
        &Launch {
            kernel: "saxpy",
            grid: [1024, 1, 1],
            workgroup: [128, 1, 1],
            arguments,
            dynamic_lds: 0,
            threads: 2,
        },
    )
    .expect("no fault");
    assert_eq!((statistics.workgroups, statistics.waves), (8, 16));
    let got = memory.get::<f32>(py, n);
    for i in 0..n {
        assert_eq!(got[i], 3.5 * i as f32, "element {i}");
    }
}
