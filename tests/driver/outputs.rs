//! What nvcc makes: each phase's file, names, dependency rules, libraries, programs, and the effect of options on PTX.

use crate::Body;
use crate::bench::{Bench, contains, same};

const KERNEL: &str = "#include \"k.h\"\n__global__ void first(int* p) { *p = N; }\n__constant__ float table[4];\n\
                      template <class T> __global__ void second(T* p) { *p = table[0]; }\n\
                      template __global__ void second<float>(float*);\nvoid go(int* p) { first<<<1, 1>>>(p); }\n";
const FILES: &[(&str, &str)] = &[
    ("k.cu", KERNEL),
    ("k.h", "#define N 7\n"),
    (
        "main.cpp",
        "#include <cuda_runtime.h>\nvoid go(int*);\nint main(int n, char**) { if (n > 99) go(nullptr); return (int)sizeof(dim3) - 12; }\n",
    ),
    ("plain.c", "int plain(void) { return 3; }\n"),
];

pub fn tests() -> Vec<(&'static str, Body)> {
    vec![
        ("each_phase_makes_its_file", phases),
        ("objects_name_kernels_and_variables", kernels),
        ("ptx_in_the_object_is_the_ptx", ptx_round_trip),
        ("dependency_rules", dependencies),
        ("preprocessed_text_goes_to_stdout", preprocess),
        ("program_of_several_sources", program),
        ("library_and_shared_library", libraries),
        ("many_architectures_are_one", architectures),
        ("sources_at_once", threads),
        ("odd_names", odd_names),
        ("response_files", response_files),
        ("floating_point_options", floating_point),
        ("warnings_are_shown_once", warnings),
        ("host_macros", macros),
        ("per_thread_default_stream", per_thread_stream),
    ]
}

fn phases() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    for (option, file) in [("-ptx", "k.ptx"), ("-cubin", "k.cubin"), ("-fatbin", "k.fatbin"), ("-c", "k.o")] {
        let answer = bench.succeed(&["nvcc", option, "k.cu"])?;
        same(&format!("messages of {option}"), "", &(answer.stdout + &answer.stderr))?;
        bench.read(file)?;
    }
    contains("PTX", &bench.text("k.ptx")?, ".visible .entry _Z5firstPi(")?;
    bench.succeed(&["nvcc", "-cubin", "k.ptx", "-o", "again.cubin"])?;
    same(
        "code object of the same PTX",
        "same",
        if bench.read("k.cubin")? == bench.read("again.cubin")? { "same" } else { "different" },
    )?;
    bench.succeed(&["nvcc", "-c", "k.cu", "plain.c", "-odir", "."])?;
    bench.read("plain.o").map(|_| ())
}

fn kernels() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.succeed(&["nvcc", "-c", "k.cu"])?;
    let listed = bench.succeed(&["cuobjdump", "k.o"])?.stdout;
    contains("list", &listed, "ELF file: k.1.gfx90a.elf (")?;
    contains("list", &listed, "amdgcn-amd-amdhsa--gfx90a)")?;
    contains("list", &listed, "  kernel _Z5firstPi (mapping fold, at most 1024 threads a block)\n")?;
    contains("list", &listed, "  kernel _Z6secondIfEvPT_ (mapping fold, ")?;
    contains("list", &listed, "  variable table (16 bytes, constant)\n")?;
    contains("list", &listed, "PTX file: k.1.compute_70.ptx (")?;
    let usage = bench.succeed(&["cuobjdump", "-res-usage", "k.o"])?.stdout;
    contains("usage", &usage, "Function _Z5firstPi:\n  VGPR:")?;
    contains("usage", &usage, "LDS:0 SCRATCH:0 ")
}

fn ptx_round_trip() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.succeed(&["nvcc", "-ptx", "k.cu"])?;
    for option in ["-O2", "--no-compress"] {
        bench.succeed(&["nvcc", "-c", option, "k.cu"])?;
        bench.succeed(&["cuobjdump", "-xptx", "all", "k.o"])?;
        same("extracted PTX", &bench.text("k.ptx")?, &bench.text("k.1.compute_70.ptx")?)?;
    }
    Ok(())
}

fn dependencies() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    let rule = bench.succeed(&["nvcc", "-M", "k.cu"])?.stdout;
    contains("-M", &rule, "k.o: k.cu ")?;
    contains("-M", &rule, "cuda_runtime.h")?;
    contains("-M", &rule, " k.h")?;
    let rule = bench.succeed(&["nvcc", "-MM", "k.cu"])?.stdout;
    same("-MM", "k.o: k.cu k.h", rule.trim())?;
    bench.succeed(&["nvcc", "-c", "k.cu", "-MMD", "-MP", "-MT", "out/x.o", "-MF", "x.dep", "-o", "x.o"])?;
    same(
        "-MMD",
        "out/x.o: k.cu k.h\n\nk.h:\n",
        &bench.text("x.dep")?.replace("\nk.h:", "\n\nk.h:").replace("\n\n\n", "\n\n"),
    )?;
    bench.succeed(&["nvcc", "-c", "main.cpp", "-MD"])?;
    contains("-MD of a host source", &bench.text("main.d")?, "cuda_runtime.h")?;
    bench.succeed(&["nvcc", "-M", "-D__CUDACC__", "k.cu", "-o", "k.depend"])?;
    contains("-M -o", &bench.text("k.depend")?, "k.cu")
}

fn preprocess() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    contains("-E", &bench.succeed(&["nvcc", "-E", "k.cu"])?.stdout, "*p = 7;")?;
    contains("-E", &bench.succeed(&["nvcc", "-E", "-x", "cu", "main.cpp"])?.stdout, "go(nullptr)")
}

fn program() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.succeed(&["nvcc", "-O2", "-g", "k.cu", "main.cpp", "plain.c", "-lm", "-o", "program"])?;
    let status = std::process::Command::new(bench.path("program")).status().map_err(|e| e.to_string())?;
    same("the program's exit code", "Some(0)", &format!("{:?}", status.code()))?;
    bench.succeed(&["nvcc", "-c", "k.cu"])?;
    bench.succeed(&["nvcc", "k.o", "main.cpp", "-cudart", "shared"])?;
    let answer = bench.run(&["nvcc", "k.o", "main.cpp", "--run", "-o", "again"])?;
    same("--run", "Some(0)", &format!("{:?}", answer.code))?;
    bench.read("a.out").map(|_| ())
}

fn libraries() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.succeed(&["nvcc", "-lib", "k.cu", "plain.c", "-o", "libk.a"])?;
    bench.succeed(&["nvcc", "main.cpp", "libk.a", "-o", "with-library"])?;
    bench.succeed(&["nvcc", "-shared", "-Xcompiler", "-fPIC", "k.cu", "-o", "libk.so"])?;
    bench.succeed(&["nvcc", "main.cpp", "-L.", "-lk", "-o", "with-shared"])?;
    contains("cuobjdump of a library", &bench.succeed(&["cuobjdump", "libk.a"])?.stdout, "_Z5firstPi")?;
    contains(
        "cuobjdump of a shared library",
        &bench.succeed(&["cuobjdump", "libk.so"])?.stdout,
        "_Z5firstPi",
    )?;
    contains("cuobjdump of a program", &bench.succeed(&["cuobjdump", "with-library"])?.stdout, "_Z5firstPi")
}

fn architectures() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    let mut line = vec!["nvcc", "-c", "k.cu"];
    let forms = [
        "arch=compute_50,code=sm_50",
        "arch=compute_90,code=[compute_90,sm_90]",
        "arch=compute_90,code=sm_90",
    ];
    for form in forms {
        line.extend(["-gencode", form]);
    }
    line.extend(["-Wno-deprecated-gpu-targets", "-arch=native", "--gpu-code=sm_80,compute_80"]);
    bench.succeed(&line)?;
    let listed = bench.succeed(&["cuobjdump", "k.o"])?.stdout;
    same(
        "images",
        "1 1",
        &format!("{} {}", listed.matches("ELF file").count(), listed.matches("PTX file").count()),
    )
}

fn threads() -> Result<(), String> {
    let names: Vec<String> = (0..6).map(|i| format!("s{i}.cu")).collect();
    let bench = Bench::new(&[])?;
    for (i, name) in names.iter().enumerate() {
        bench.write(name, &format!("__global__ void kernel{i}(int* p) {{ *p = {i}; }}\n"))?;
    }
    let mut line = vec!["nvcc", "--threads=3", "-c"];
    line.extend(names.iter().map(String::as_str));
    bench.succeed(&line)?;
    for i in 0..6 {
        contains(
            "kernel",
            &bench.succeed(&["cuobjdump", &format!("s{i}.o")])?.stdout,
            &format!("kernel{i}Pi"),
        )?;
    }
    // Sources of one name in two folders do not disturb each other.
    bench.write("a/same.cu", "int one() { return 1; }\n")?;
    bench.write("b/same.cu", "int one();\nint main() { return one() - 1; }\n")?;
    bench.succeed(&["nvcc", "-t2", "a/same.cu", "b/same.cu", "-o", "both"])?;
    // The first wrong source is the one that is shown.
    bench.write("s1.cu", "#error first\n")?;
    bench.write("s4.cu", "#error second\n")?;
    contains("message", &bench.run(&line)?.stderr, "s1.cu:1:2: error: first")
}

/// Spaces, commas, quotes, equals signs and dollars in names of files and folders.
fn odd_names() -> Result<(), String> {
    let folder = "a folder; it's $HOME=1";
    let source = format!("{folder}/the \"kernel\", x=1.cu");
    let bench = Bench::new(&[(
        source.as_str(),
        "#include <k.h>\n__global__ void k(int* p) { *p = N; }\nint main() {}\n",
    )])?;
    bench.write(&format!("{folder}/include/k.h"), "#define N 5\n")?;
    let include = format!("-I{folder}/include");
    let program = format!("{folder}/the program");
    bench.succeed(&["nvcc", "-v", &include, &source, "-o", &program])?;
    contains("kernel", &bench.succeed(&["cuobjdump", &program])?.stdout, "kernel _Z1kPi ")?;
    bench.succeed(&["nvcc", "-c", &include, &source, "-odir", folder])?;
    bench.read(&format!("{folder}/the \"kernel\", x=1.o")).map(|_| ())
}

fn response_files() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.write("outer", "-c @inner\n  -o 'my object.o'")?;
    bench.write("inner", "\"k.cu\" -O2")?;
    bench.succeed(&["nvcc", "@outer"])?;
    bench.read("my object.o")?;
    let mut command = bench.command(&["nvcc", "k.cu"])?;
    command.env("NVCC_PREPEND_FLAGS", "-c -o prepended.o");
    let answer = crate::bench::answer(command)?;
    same("exit code", "Some(0)", &format!("{:?}", answer.code))?;
    bench.read("prepended.o").map(|_| ())
}

/// The PTX that an expression of floats `a`, `b`, `c` gives under some options.
fn ptx_of(expression: &str, options: &[&str]) -> Result<String, String> {
    let bench = Bench::new(&[])?;
    bench.write(
        "e.cu",
        &format!("__global__ void k(float* r, float a, float b, float c) {{ *r = {expression}; }}\n"),
    )?;
    let mut line = vec!["nvcc", "-ptx", "e.cu"];
    line.extend(options);
    bench.succeed(&line)?;
    bench.text("e.ptx")
}

fn floating_point() -> Result<(), String> {
    let table: &[(&str, &[&str], &str)] = &[
        ("a / b", &[], "div.rn.f32"),
        ("a / b", &["-prec-div=false"], "div.full.f32"),
        ("a / b", &["-use_fast_math"], "div.approx.ftz.f32"),
        ("a / b", &["-use_fast_math", "-prec-div=true"], "div.rn.ftz.f32"),
        ("sqrtf(a)", &[], "sqrt.rn.f32"),
        ("sqrtf(a)", &["-prec-sqrt=false"], "sqrt.approx.f32"),
        ("sqrtf(a)", &["-use_fast_math"], "sqrt.approx.ftz.f32"),
        ("a * b + c", &[], "fma.rn.f32"),
        ("a * b + c", &["-ftz=true"], "fma.rn.ftz.f32"),
        ("a * b + c", &["-fmad=false"], "mul.rn.f32"),
        ("rsqrtf(a)", &[], "rsqrt.approx.f32"),
        ("rsqrtf(a)", &["-use_fast_math"], "rsqrt.approx.ftz.f32"),
        ("expf(a)", &[], "__nv_expf"),
        ("expf(a)", &["-use_fast_math"], "ex2.approx.ftz.f32"),
        ("powf(a, b)", &["-use_fast_math"], "lg2.approx.ftz.f32"),
        ("std::sin(a)", &["-use_fast_math"], "sin.approx.ftz.f32"),
        ("tanf(a)", &["-use_fast_math"], "cos.approx.ftz.f32"),
        ("__fdividef(a, b)", &[], "div.approx.f32"),
        ("__fadd_rn(__fmul_rn(a, b), c)", &[], "add.rn.f32"),
    ];
    for (expression, options, expected) in table {
        let ptx = ptx_of(expression, options)?;
        contains(&format!("{expression} with {options:?}"), &ptx, expected)?;
    }
    Ok(())
}

fn warnings() -> Result<(), String> {
    let source = "__global__ void k(int* p) { int unused_value = 1; *p = 2; }\n";
    let bench = Bench::new(&[("w.cu", source)])?;
    let answer =
        bench.succeed(&["nvcc", "-c", "w.cu", "-Xcompiler", "-Wall", "-include", "cuda_runtime.h"])?;
    let count = answer.stderr.matches("unused_value").count();
    if count > 2 {
        return Err(format!("the warning is shown more than once:\n{}", answer.stderr));
    }
    same("-w", "", &bench.succeed(&["nvcc", "-c", "-w", "w.cu"])?.stderr)
}

fn macros() -> Result<(), String> {
    let source = "#if !defined(__NVCC__) || !defined(__CUDACC__) || __CUDACC_VER_MAJOR__ != 12 || __CUDACC_VER_MINOR__ != 4\n\
                  #error wrong\n#endif\n#if CUDART_VERSION != 12040\n#error wrong version\n#endif\n\
                  #if defined(__CUDA_ARCH__) && __CUDA_ARCH__ != 700\n#error wrong architecture\n#endif\n";
    let bench = Bench::new(&[("m.cu", source)])?;
    bench.succeed(&["nvcc", "-c", "m.cu"]).map(|_| ())
}

/// The launch calls of the host object are those of the stream that a null stream means.
fn per_thread_stream() -> Result<(), String> {
    let source = "__global__ void k() {}\nvoid go(void* p) { k<<<1, 1>>>(); cudaMemcpyAsync(p, p, 1, cudaMemcpyDefault); }\n";
    let bench = Bench::new(&[("s.cu", source)])?;
    bench.succeed(&["nvcc", "-c", "s.cu"])?;
    let legacy = bench.text("s.o")?;
    contains("legacy", &legacy, "cudaLaunchKernel\0")?;
    contains("legacy", &legacy, "cudaMemcpyAsync\0")?;
    bench.succeed(&["nvcc", "-c", "--default-stream", "per-thread", "s.cu"])?;
    let own = bench.text("s.o")?;
    contains("per-thread", &own, "cudaLaunchKernel_ptsz\0")?;
    contains("per-thread", &own, "cudaMemcpyAsync_ptsz\0")
}
