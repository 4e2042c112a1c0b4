//! Wrong command lines and wrong inputs: the exact complaint, the exit code, and no output left behind.

use crate::bench::{Bench, same};

/// One wrong thing to do.
pub struct Case {
    pub name: &'static str,
    /// Files in the folder beforehand.
    files: &'static [(&'static str, &'static str)],
    /// The command line, split at spaces.
    line: &'static str,
    code: i32,
    /// All of stderr; or its beginning, when it ends with `...` (clang explains at more length than matters here).
    stderr: &'static str,
}

const KERNEL: (&str, &str) = ("k.cu", "__global__ void k(int* p) { *p = 1; }\n");

const fn case(
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    line: &'static str,
    code: i32,
    stderr: &'static str,
) -> Case {
    Case { name, files, line, code, stderr }
}

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // Command lines.
    case("no_input", &[], "nvcc", 1,
        "nvcc: error: no input files\nnvcc: note: `nvcc --help` shows how it is used\n"),
    case("no_input_but_options", &[], "nvcc -O2 -c", 1,
        "nvcc: error: no input files\nnvcc: note: `nvcc --help` shows how it is used\n"),
    case("missing_file", &[], "nvcc -c nowhere.cu", 1,
        "nvcc: error: no such file: 'nowhere.cu'\n"),
    case("missing_object", &[KERNEL], "nvcc k.cu nowhere.o", 1,
        "nvcc: error: no such file: 'nowhere.o'\n"),
    case("folder_as_source", &[("d.cu/x", "")], "nvcc -c d.cu", 1,
        "nvcc: error: 'd.cu' is a folder\n"),
    case("unknown_option_with_a_neighbour", &[KERNEL], "nvcc --use_fast_mth -c k.cu", 1,
        "nvcc: error: unknown option '--use_fast_mth'\nnvcc: note: did you mean '--use_fast_math'?\n"),
    case("unknown_option_with_a_short_neighbour", &[KERNEL], "nvcc -lineinof -c k.cu -gencdoe x", 1,
        "nvcc: error: unknown option '-gencdoe'\nnvcc: note: did you mean '--gencode'?\n"),
    case("unknown_option_without_one", &[KERNEL], "nvcc --quux-frobnicate -c k.cu", 1,
        "nvcc: error: unknown option '--quux-frobnicate'\nnvcc: note: `nvcc --help` lists the options; -Xcompiler passes one to the host compiler\n"),
    case("output_without_a_name", &[KERNEL], "nvcc -c k.cu -o", 1,
        "nvcc: error: option '-o' needs a value (name of the output)\n"),
    case("output_twice", &[KERNEL], "nvcc -c k.cu -o a -o b", 1,
        "nvcc: error: -o is given more than once\n"),
    case("one_output_for_two_sources", &[KERNEL, ("l.cu", "")], "nvcc -c k.cu l.cu -o x.o", 1,
        "nvcc: error: -o names one output, but there are several inputs that each give one\n"),
    case("two_phases", &[KERNEL], "nvcc -ptx -cubin k.cu", 1,
        "nvcc: error: more than one of -E, -M, -MM, -ptx, -cubin, -fatbin, -lib and -link is given\n"),
    case("value_for_a_flag", &[KERNEL], "nvcc -c --dryrun=yes k.cu", 1,
        "nvcc: error: option '--dryrun' takes no value\n"),
    case("no_boolean", &[KERNEL], "nvcc -c --ftz=maybe k.cu", 1,
        "nvcc: error: option '--ftz=maybe' takes true or false, not 'maybe'\n"),
    case("unknown_standard", &[KERNEL], "nvcc -c -std=c++98 k.cu", 1,
        "nvcc: error: 'c++98' is no value for option '-std=c++98'\nnvcc: note: it takes one of: c++03, c++11, c++14, c++17, c++20, c++23, gnu++17, gnu++20\n"),
    case("unknown_architecture", &[KERNEL], "nvcc -c -arch=sm_12 k.cu", 1,
        "nvcc: error: 'sm_12' is no architecture of CUDA\nnvcc: note: any of sm_35 to sm_121 is accepted, and gfx90a; the code is always for gfx90a\n"),
    case("malformed_gencode", &[KERNEL], "nvcc -c -gencode compute_70 k.cu", 1,
        "nvcc: error: 'compute_70' is no value for option '-gencode'\nnvcc: note: it looks like arch=compute_80,code=sm_80 or arch=compute_80,code=[compute_80,sm_80]\n"),
    case("relocatable_device_code", &[KERNEL], "nvcc -c -rdc=true k.cu", 1,
        "nvcc: error: option '-rdc' asks for relocatable device code, which Wavefold does not support yet\n"),
    case("device_c", &[KERNEL], "nvcc -dc k.cu", 1,
        "nvcc: error: option '-dc' asks for relocatable device code, which Wavefold does not support yet\n"),
    case("thirty_two_bits", &[KERNEL], "nvcc -m32 -c k.cu", 1,
        "nvcc: error: option '--m32' asks for 32-bit code, which Wavefold does not support yet\n"),
    case("unknown_language", &[KERNEL], "nvcc -x fortran -c k.cu", 1,
        "nvcc: error: 'fortran' is no language\nnvcc: note: -x takes c, c++ or cu\n"),
    case("unknown_kind_of_file", &[("notes.txt", "")], "nvcc -c notes.txt", 1,
        "nvcc: error: don't know what to do with 'notes.txt'\nnvcc: note: a source has one of the extensions .cu .cpp .cc .cxx .c .ptx; -x names a language\n"),
    case("host_source_as_ptx", &[("h.cpp", "int h;")], "nvcc -ptx h.cpp", 1,
        "nvcc: error: 'h.cpp' cannot be an input of -ptx\n"),
    case("ptx_to_link", &[("k.ptx", "")], "nvcc k.ptx", 1,
        "nvcc: error: 'k.ptx' cannot be an input of linking\n"),
    case("missing_response_file", &[], "nvcc @nowhere", 1,
        "nvcc: error: cannot read the response file 'nowhere': No such file or directory\n"),
    case("open_quote_in_a_response_file", &[("r", "-c 'k.cu")], "nvcc --options-file r", 1,
        "nvcc: error: r: a ' is never closed\n"),
    case("response_files_in_a_circle", &[("r", "@r")], "nvcc @r", 1,
        "nvcc: error: response files include each other without end\n"),
    case("missing_host_compiler", &[("h.cpp", "int h;")], "nvcc -c -ccbin ./nowhere/g++ h.cpp", 1,
        "nvcc: error: the host compiler './nowhere/g++' (-ccbin) does not exist\n"),
    case("unknown_option_of_ptxas", &[KERNEL], "nvcc -c -Xptxas --frobnicate k.cu", 1,
        "nvcc: error: '--frobnicate' is no option of ptxas\nnvcc: note: -Xptxas takes -v, -O0 to -O3, --warp-mapping=auto|fold|split, --atomics=coarse|fine, --split-compile=N, --time, --check-marks, and NVIDIA's own (ignored)\n"),
    // Outputs that cannot be.
    case("output_in_no_folder", &[KERNEL], "nvcc -c k.cu -o no/where/k.o", 1,
        "nvcc: error: cannot write 'no/where/k.o': No such file or directory\n"),
    case("output_is_a_folder", &[KERNEL, ("out/x", "")], "nvcc -c k.cu -o out", 1,
        "nvcc: error: cannot write 'out': Is a directory\n"),
    case("output_without_room", &[KERNEL], "nvcc -c k.cu -o /dev/full", 1,
        "nvcc: error: cannot write '/dev/full': No space left on device\n"),
    case("ptx_output_under_a_file", &[KERNEL, ("f", "")], "nvcc -ptx k.cu -o f/k.ptx", 1,
        "nvcc: error: cannot write 'f/k.ptx': Not a directory\n"),
    // Errors in CUDA code.
    case("undeclared_name", &[("bad.cu", "__global__ void k(int* p) {\n    *p = missing;\n}\n")], "nvcc -c bad.cu", 1,
        "bad.cu:2:10: error: use of undeclared identifier 'missing'\n..."),
    case("error_in_host_code_only", &[("bad.cu", "__global__ void k() {}\n#ifndef __CUDA_ARCH__\nint f() { return missing; }\n#endif\n")], "nvcc -c bad.cu", 1,
        "bad.cu:3:18: error: use of undeclared identifier 'missing'\n..."),
    case("missing_header", &[("bad.cu", "#include \"nowhere.h\"\n")], "nvcc -c bad.cu", 1,
        "bad.cu:1:10: fatal error: 'nowhere.h' file not found\n..."),
    case("host_function_in_a_kernel", &[("bad.cu", "void host();\n__global__ void k() { host(); }\n")], "nvcc -c bad.cu", 1,
        "bad.cu:2:23: error: no matching function for call to 'host'\n..."),
    case("kernel_that_returns", &[("bad.cu", "__global__ int k() { return 1; }\n")], "nvcc -c bad.cu", 1,
        "bad.cu:1:12: error: kernel function type 'int ()' must have void return type\n..."),
    case("managed_variable_with_c_linkage", &[("bad.cu", "extern \"C\" {\n__managed__ int m = 4;\n}\n")], "nvcc -c bad.cu", 1,
        "nvcc: error: bad.cu: `__managed__` on a variable with C linkage is not supported: m\n..."),
    case("unknown_instruction_in_inline_ptx", &[("bad.cu", "__global__ void k(int* p) {\n    asm(\"frobnicate.u32 %0;\" : \"=r\"(p[0]));\n}\n")], "nvcc -c bad.cu", 1,
        "bad.ptx:22:2: error: unknown instruction `frobnicate`\n..."),
    // Errors in other inputs.
    case("garbage_as_ptx", &[("k.ptx", "once upon a time\n")], "nvcc -cubin k.ptx", 1,
        "k.ptx:1:1: error: ..."),
    case("empty_ptx", &[("k.ptx", "")], "nvcc -cubin k.ptx", 1,
        "k.ptx:1:1: error: ..."),
    case("binary_garbage_as_a_code_object", &[("k.cubin", "\u{1}\u{2}\u{3}")], "nvcc -fatbin k.cubin", 1,
        "fatbinary: error: 'k.cubin' is no code object: ..."),
    case("fatbinary_without_output", &[], "fatbinary --image3=kind=elf,sm=gfx90a,file=x", 1,
        "fatbinary: error: no output: --create names it\n"),
    case("fatbinary_without_images", &[], "fatbinary --create x.fatbin", 1,
        "fatbinary: error: no images: --image3=kind=elf,sm=gfx90a,file=NAME names one\n"),
    case("fatbinary_missing_image", &[], "fatbinary --create x.fatbin --image3=kind=ptx,sm=70,file=nowhere", 1,
        "fatbinary: error: cannot read 'nowhere': No such file or directory\n"),
    case("fatbinary_image_without_file", &[], "fatbinary --create x.fatbin --image3=kind=ptx,sm=70", 1,
        "fatbinary: error: the image 'kind=ptx,sm=70' needs a kind and a file\n"),
    case("cuobjdump_without_files", &[], "cuobjdump -elf", 1,
        "cuobjdump: error: no input files\n"),
    case("cuobjdump_of_text", &[("t.txt", "text")], "cuobjdump t.txt", 1,
        "cuobjdump: error: 't.txt' contains no device code\n"),
    case("cuobjdump_of_nothing", &[], "cuobjdump nowhere", 1,
        "cuobjdump: error: cannot read 'nowhere': No such file or directory\n"),
    case("cuobjdump_sass", &[("t", "")], "cuobjdump -sass t", 1,
        "cuobjdump: error: -sass is not supported: the code is AMD's\ncuobjdump: note: extract it by -xelf all and use llvm-objdump -d\n"),
    case("nvlink_has_nothing_to_do", &[], "nvlink -arch=sm_70 x.o", 1,
        "nvlink: error: linking of relocatable device code is not supported yet\nnvlink: note: compile without -rdc=true and -dc: each source's device code is then whole by itself\n"),
    case("wavefold_run_without_program", &[], "wavefold run --emulator cus=1 ./nowhere", 1,
        "wavefold: error: cannot run './nowhere': No such file or directory\n"),
];

/// Runs one case.
pub fn check(case: &Case) -> Result<(), String> {
    let bench = Bench::new(case.files)?;
    let before = bench.names();
    let words: Vec<&str> = case.line.split(' ').collect();
    let answer = bench.run(&words)?;
    match case.stderr.strip_suffix("...") {
        Some(start) if answer.stderr.starts_with(start) => {}
        Some(start) => same("stderr begins", start, &answer.stderr)?,
        None => same("stderr", case.stderr, &answer.stderr)?,
    }
    same("stdout", "", &answer.stdout)?;
    same("exit code", &format!("{:?}", Some(case.code)), &format!("{:?}", answer.code))?;
    same("files in the folder", &before.join(" "), &bench.names().join(" "))?;
    same("files in the temporary folder", "", &bench.leftovers().join(" "))
}
