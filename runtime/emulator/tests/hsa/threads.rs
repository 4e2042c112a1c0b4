//! Eight threads with a queue each, which allocate, load, dispatch and wait at once.

use super::api::{Memory, agents, signal};
use super::kernel::{Dispatch, Executable, TestQueue, assemble, source};

/// Adds 1 to a word for each work-item, and the work-item's number to the next word.
const COUNT: &str = "
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    v_mov_b32 v1, 0
    v_mov_b32 v2, 1
    s_waitcnt lgkmcnt(0)
    global_atomic_add v1, v2, s[4:5]
    global_atomic_add v1, v0, s[4:5] offset:4
    s_waitcnt vmcnt(0)";

#[test]
fn eight_queues_at_once() {
    let bytes = assemble(&source("count", COUNT), 5);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let queue = TestQueue::new(64);
                for round in 0..8 {
                    let executable = Executable::load(&bytes);
                    let output = Memory::of_gpu(4096);
                    let arguments = Memory::of_pool(agents()[0], 1, 4096);
                    arguments.words(2)[0] = output.address() as u32;
                    arguments.words(2)[1] = (output.address() >> 32) as u32;
                    let object = executable.kernel_object("count");
                    let dispatch = Dispatch::linear(object, arguments.address(), 64, 640);
                    for _ in 0..4 {
                        queue.submit(dispatch.packet(0));
                    }
                    assert_eq!(queue.run(dispatch), Ok(()), "round {round}");
                    assert_eq!(output.words(2), [5 * 640, 5 * 10 * (63 * 64 / 2)]);
                }
            });
        }
    });
}

#[test]
fn two_queues_hand_over_by_signals() {
    let executable = Executable::load(&assemble(&source("nothing", ""), 5));
    let dispatch = Dispatch::linear(executable.kernel_object("nothing"), 0, 64, 64);
    let (left, right) = (TestQueue::new(64), TestQueue::new(64));
    let mut previous = signal(0);
    for step in 0..20 {
        let queue = if step % 2 == 0 { &left } else { &right };
        let next = signal(1);
        queue.submit([3 | 1 << 8, previous, 0, 0, 0, 0, 0, 0]);
        queue.submit(dispatch.packet(next));
        previous = next;
    }
    assert_eq!(right.wait(previous), Ok(()));
    assert_eq!(left.failure(), 0);
}
