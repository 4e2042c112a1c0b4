//! Speed and memory of the front end: `bench_frontend FILE.ptx ...`, or no file for a generated module.
//!
//! Prints one line a file: size, MB/s from text to checked module (best of several runs on one core), bytes of memory
//! at the peak for each input byte. Exits 1 if a file is refused.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is allocated.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system allocator unchanged; the counters do not touch the memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is the system allocator's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        return measure("generated", &generated(40_000));
    }
    let mut code = ExitCode::SUCCESS;
    for file in files {
        match std::fs::read_to_string(&file) {
            Ok(source) => {
                if measure(&file, &source) != ExitCode::SUCCESS {
                    code = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                eprintln!("{file}: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// Seconds that this thread has spent on a core, so that a busy machine does not count.
fn core_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of ours; a failure leaves it zero.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn measure(name: &str, source: &str) -> ExitCode {
    const RUNS: usize = 9;
    let mut best = f64::INFINITY;
    let mut peak = 0;
    for _ in 0..RUNS {
        let before = NOW.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        let start = core_seconds();
        let result = ptx_frontend::parse(source, name);
        best = best.min(core_seconds() - start);
        peak = PEAK.load(Ordering::Relaxed) - before;
        if let Err(diagnostics) = result {
            eprint!("{}", diagnostics.render(source));
            return ExitCode::FAILURE;
        }
    }
    let size = source.len() as f64;
    println!(
        "{name}: {:.2} MB, {:.0} MB/s, {:.1} bytes per input byte",
        size / 1e6,
        size / 1e6 / best,
        peak as f64 / size
    );
    ExitCode::SUCCESS
}

/// A module of the usual mixture of instructions.
fn generated(groups: usize) -> String {
    let mut text = String::from(".version 8.4\n.target sm_70\n.address_size 64\n");
    for kernel in 0..groups / 100 {
        let _ = write!(
            text,
            ".visible .entry kernel_{kernel}(\n\t.param .u64 kernel_{kernel}_param_0\n)\n.maxntid 64, 1, 1\n{{\n\
             \t.reg .pred %p<102>;\n\t.reg .b32 %r<602>;\n\t.reg .b64 %rd<202>;\n\
             \tld.param.b64 \t%rd1, [kernel_{kernel}_param_0];\n\tcvta.to.global.u64 \t%rd2, %rd1;\n"
        );
        for i in 1..=100 {
            let r = i * 6 - 5;
            let _ = write!(
                text,
                "$L__BB{kernel}_{i}:\n\tld.global.b32 \t%r{}, [%rd2+{}];\n\tfma.rn.ftz.f32 \t%r{}, %r{}, %r{}, 0f3F800000;\n\
                 \tshfl.sync.down.b32 \t%r{}, %r{}, 4, 31, -1;\n\tsetp.lt.ftz.f32 \t%p{i}, %r{}, %r{};\n\
                 \tmul.wide.s32 \t%rd{}, %r{}, 4;\n\t@%p{i} bra \t$L__BB{kernel}_{i};\n\tst.global.b32 \t[%rd2+{}], %r{};\n",
                r + 1,
                i * 4,
                r + 2,
                r + 1,
                r + 1,
                r + 3,
                r + 2,
                r + 2,
                r + 3,
                i + 2 - (i == 100) as usize,
                r + 1,
                i * 4,
                r + 3
            );
        }
        text.push_str("\tret;\n}\n");
    }
    text
}
