//! Our disassembly against LLVM's on compiled code.

mod support;

use std::process::Command;

use support::kernel::compile;
use wavefold_emulator::isa::{decode, disassemble};

/// Pairs of bits and LLVM's text for all code in an object.
fn dump(bytes: &[u8]) -> Vec<(Vec<u32>, String)> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("writing the object");
    let output = Command::new("llvm-objdump-22").arg("-d").arg(file.path()).output().expect("llvm-objdump");
    let text = String::from_utf8(output.stdout).expect("LLVM prints UTF-8");
    text.lines()
        .filter_map(|line| {
            let (text, rest) = line.split_once("//")?;
            let words = rest.split_once(": ")?.1;
            let words = words.split_whitespace().take_while(|word| word.len() == 8);
            let words: Option<Vec<u32>> = words.map(|word| u32::from_str_radix(word, 16).ok()).collect();
            Some((words?, text.trim().to_owned()))
        })
        .collect()
}

#[test]
fn compiled_code() {
    let source = "
        typedef float f16v __attribute__((ext_vector_type(16)));
        kernel void all(global float *f, global double *d, global uint *u, global ulong *l, global half2 *h, global uchar *b, int n) {
            local float s[256]; float a[40];
            int i = thread_id();
            for (int k = 0; k < 40; k++) a[k] = f[i + k] / f[k + n];
            s[i & 255] = a[i % 40] + (float)b[i] * (float)(short)u[i];
            barrier_all();
            f[i] = s[(i * 7) & 255] + __builtin_sqrtf(f[n]) + __builtin_fmaf(-f[i], f[i + 1], __builtin_fabsf(f[i + 2]));
            d[i] = d[n] / d[i] + (double)f[i] * __builtin_floor(d[i + 3]);
            u[i] = u[i] / u[n] + u[i + 1] % 7 + __builtin_amdgcn_update_dpp(0, u[i], 0x111, 0xf, 0xf, 0);
            l[i] = l[i] / l[n] * l[i + 1] + (l[n] >> (u[i] & 63)) + __builtin_amdgcn_s_memtime();
            h[i] = h[i] * h[n] + h[i + 2];
            b[i] = b[i + 3] * b[n] + b[i + 9];
            __opencl_atomic_fetch_add((global atomic_uint *)u, 1, memory_order_relaxed, memory_scope_device);
            u[i + 5] = __builtin_amdgcn_ds_swizzle(u[i], 0x041f) + __builtin_amdgcn_ds_bpermute(u[i], u[i + 1]);
            f16v c = 0; c = __builtin_amdgcn_mfma_f32_32x32x2f32(f[i], f[n], c, 0, 0, 0);
            f[i + 9] = c[3];
        }";
    let mut wrong = Vec::new();
    let mut total = 0;
    for level in ["-O3", "-O0"] {
        for (words, theirs) in dump(&compile(source, &[level, "-cl-fp32-correctly-rounded-divide-sqrt"])) {
            let Some(&first) = words.first() else { continue };
            total += 1;
            let ours = match decode(first, words.get(1).copied()) {
                Some(decoded) => disassemble(&decoded),
                None => "undefined".into(),
            };
            if ours != theirs {
                wrong.push(format!("{ours:60} | {theirs}"));
            }
        }
    }
    assert!(total > 1000, "only {total} instructions");
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "{} of {total} differ (ours | LLVM):\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}
