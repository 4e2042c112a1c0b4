//! The command lines of the tools that nvcc drives.
//!
//! Takes an invocation; each function makes one [`Step`] and runs nothing. clang 22 makes both passes over a CUDA source
//! (the device pass gives PTX, the host pass an object with the fat binary inside); ptxas, fatbinary are the toolkit's
//! own; the host compiler compiles plain C and C++ and links.

use super::command_line::{Cudart, Dependencies, Invocation};
use super::dialogue;
use super::inputs::{Input, Kind};
use super::table::Phase;
use crate::failure::{Failure, Result};
use crate::step::Step;
use crate::toolkit::{COMPUTE_CAPABILITY, CUDA_VERSION_PARTS, Toolkit, resolve};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Options of NVIDIA's ptxas that are accepted and change nothing: they steer its diagnostics, its register
/// allocator or NVIDIA's caches.
const IGNORED_PTXAS: &[&str] = &[
    "-warn-double-usage",
    "-warn-spills",
    "-warn-lmem-usage",
    "-Werror",
    "-suppress-double-demote-warning",
    "-disable-warnings",
    "-w",
    "-dlcm",
    "-dscm",
    "-def-load-cache",
    "-def-store-cache",
    "-force-load-cache",
    "-force-store-cache",
    "-allow-expensive-optimizations",
    "-maxrregcount",
    "-fmad",
    "-preserve-relocs",
    "-disable-optimizer-constants",
    "-cloning",
    "-opt-pointers",
    "-abi",
    "-sp-bounds-check",
    "-position-independent-code",
    "-warning-as-error",
    "-g",
    "-lineinfo",
    "-suppress-debug-info",
    "-suppress-stack-size-warning",
];

/// Makes command lines for one invocation.
pub struct Steps<'a> {
    invocation: &'a Invocation,
    toolkit: &'a Toolkit,
    clang: PathBuf,
}

impl<'a> Steps<'a> {
    /// Finds the tools that every invocation needs.
    pub fn new(invocation: &'a Invocation, toolkit: &'a Toolkit) -> Result<Steps<'a>> {
        Ok(Steps { invocation, toolkit, clang: toolkit.clang()? })
    }

    /// The device pass: CUDA to PTX.
    pub fn device_pass(&self, source: &Path, ptx: &Path) -> Step {
        let i = self.invocation;
        let mut step = self.cuda_pass("--cuda-device-only");
        // Without the feature clang refuses shfl.sync and friends for this PTX version.
        step.args(["--cuda-feature=+ptx84", "-S"]);
        if i.device_debug {
            step.arg("-O0");
        } else {
            step.arg("-O3");
        }
        if i.line_info || i.device_debug {
            step.arg("-gline-tables-only");
        }
        if i.flush_to_zero.unwrap_or(i.fast_math) {
            step.arg("-fgpu-flush-denormals-to-zero");
        }
        if i.fast_math {
            step.arg("-fgpu-approx-transcendentals");
        }
        if !i.precise_division.unwrap_or(!i.fast_math) {
            // 0 is div.approx, which fast maths means; 1 is div.full, which --prec-div=false alone means.
            step.args(["-mllvm".to_string(), format!("-nvptx-prec-divf32={}", u8::from(!i.fast_math))]);
        }
        if !i.precise_square_root.unwrap_or(!i.fast_math) {
            step.args(["-mllvm", "-nvptx-prec-sqrtf32=0"]);
        }
        let contract = if i.fused_multiply_add.unwrap_or(true) { "fast" } else { "off" };
        step.arg(format!("-ffp-contract={contract}"));
        step.args(["-o".into(), ptx.as_os_str().to_owned(), source.as_os_str().to_owned()]);
        step
    }

    /// The host pass: CUDA to an object that registers the fat binary.
    pub fn host_pass(&self, source: &Path, fatbin: &Path, object: &Path) -> Step {
        let mut step = self.cuda_pass("--cuda-host-only");
        step.args(["-Xclang", "-fcuda-include-gpubinary", "-Xclang"]).arg(fatbin);
        self.host_code_options(&mut step);
        step.args(["-c".into(), "-o".into(), object.as_os_str().to_owned(), source.as_os_str().to_owned()]);
        step
    }

    /// What both passes over a CUDA source share.
    fn cuda_pass(&self, side: &str) -> Step {
        let i = self.invocation;
        let [major, minor, build] = CUDA_VERSION_PARTS;
        let mut step = Step::new(&self.clang);
        step.args(["--driver-mode=g++", "-x", "cuda", side]);
        step.arg(format!("--cuda-gpu-arch=sm_{COMPUTE_CAPABILITY}"));
        // Stock clang with our own headers: no CUDA of NVIDIA's is looked for. The SDK version decides which launch
        // functions the host pass calls.
        step.args(["-nocudainc", "-nocudalib", "-Xclang"])
            .arg(format!("-target-sdk-version={major}.{minor}"));
        step.arg(format!("-std={}", i.standard.as_deref().unwrap_or("c++17")));
        step.args(["-D__NVCC__", "-D__CUDACC__"]);
        step.arg(format!("-D__CUDACC_VER_MAJOR__={major}"));
        step.arg(format!("-D__CUDACC_VER_MINOR__={minor}"));
        step.arg(format!("-D__CUDACC_VER_BUILD__={build}"));
        step.arg(format!("-D__CUDA_ARCH_LIST__={COMPUTE_CAPABILITY}0"));
        step.args(["-include", "cuda_runtime.h"]);
        if i.per_thread_stream {
            // clang's driver keeps the option for HIP; its compiler proper knows it for CUDA too.
            step.args([
                "-DCUDA_API_PER_THREAD_DEFAULT_STREAM=1",
                "-Xclang",
                "-fgpu-default-stream=per-thread",
            ]);
        }
        self.preprocessor_options(&mut step);
        self.message_options(&mut step);
        step
    }

    fn preprocessor_options(&self, step: &mut Step) {
        step.args(self.invocation.preprocessor.iter().cloned());
        step.arg("-isystem").arg(self.toolkit.include());
    }

    fn message_options(&self, step: &mut Step) {
        if self.invocation.no_warnings {
            step.arg("-w");
        }
        if self.invocation.warnings_as_errors {
            step.arg("-Werror");
        }
        // -Xcompiler is written for gcc: its names of warnings, and options that only its linking uses, are no news.
        step.args(["-Wno-unknown-warning-option", "-Wno-unused-command-line-argument"]);
        step.arg("-Wno-ignored-optimization-argument");
        if std::io::stderr().is_terminal() {
            step.arg("-fcolor-diagnostics");
        }
    }

    fn host_code_options(&self, step: &mut Step) {
        let i = self.invocation;
        if let Some(level) = &i.optimize {
            step.arg(format!("-O{level}"));
        }
        if i.host_debug {
            step.arg("-g");
        }
        step.args(i.host_options.iter().cloned());
    }

    /// Compiles a plain C or C++ source for the host.
    pub fn host_compile(&self, input: &Input, object: &Path) -> Result<Step> {
        let mut step = self.plain_pass(input)?;
        self.host_code_options(&mut step);
        step.args([
            "-c".into(),
            "-o".into(),
            object.as_os_str().to_owned(),
            input.path.as_os_str().to_owned(),
        ]);
        Ok(step)
    }

    fn plain_pass(&self, input: &Input) -> Result<Step> {
        let mut step = Step::new(&self.host_compiler(input.kind == Kind::C)?);
        step.args(["-x", if input.kind == Kind::C { "c" } else { "c++" }]);
        if let Some(standard) = self.invocation.standard.as_ref().filter(|_| input.kind != Kind::C) {
            step.arg(format!("-std={standard}"));
        }
        self.preprocessor_options(&mut step);
        if self.invocation.no_warnings {
            step.arg("-w");
        }
        Ok(step)
    }

    /// `-E`, `-M` or `-MM` of one source into `output`.
    pub fn preprocess(&self, input: &Input, phase: Phase, output: &Path) -> Result<Step> {
        let mut step = match input.kind {
            Kind::Cuda => self.cuda_pass("--cuda-host-only"),
            _ => self.plain_pass(input)?,
        };
        step.args(self.invocation.host_options.iter().cloned());
        match phase {
            Phase::Dependencies => step.arg("-M"),
            Phase::UserDependencies => step.arg("-MM"),
            _ => step.arg("-E"),
        };
        if phase != Phase::Preprocess {
            self.dependency_targets(&mut step, Path::new(&format!("{}.o", input.stem)));
        }
        step.args(["-o".into(), output.as_os_str().to_owned(), input.path.as_os_str().to_owned()]);
        Ok(step)
    }

    /// Adds the options that write a make rule beside a compilation.
    pub fn write_dependencies(&self, step: &mut Step, file: &Path, object: &Path) {
        let option = match self.invocation.dependencies {
            None => return,
            Some(Dependencies::All) => "-MD",
            Some(Dependencies::User) => "-MMD",
        };
        step.args([option, "-MF"]).arg(file);
        self.dependency_targets(step, object);
    }

    fn dependency_targets(&self, step: &mut Step, default: &Path) {
        if self.invocation.dependency_targets.is_empty() {
            step.arg("-MT").arg(default);
        }
        for target in &self.invocation.dependency_targets {
            step.args(["-MT", target.as_str()]);
        }
        if self.invocation.dependency_phony {
            step.arg("-MP");
        }
    }

    /// PTX to a gfx90a code object.
    pub fn assemble(&self, ptx: &Path, code_object: &Path) -> Result<Step> {
        let mut step = Step::new(&self.toolkit.own_tool("ptxas")?);
        step.arg("--gpu-name=gfx90a");
        let mut words = self.invocation.ptxas_options.iter();
        let mut level = if self.invocation.device_debug { Some("-O0".to_string()) } else { None };
        while let Some(word) = words.next() {
            let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or(word);
            let name = bare.split('=').next().unwrap_or(bare);
            if matches!(bare, "v" | "verbose") {
                step.arg("-v");
            } else if matches!(bare, "O0" | "O1" | "O2" | "O3") {
                level = Some(format!("-{bare}"));
            } else if matches!(name, "warp-mapping" | "atomics")
                || (name == "split-compile" && bare.contains('='))
                || matches!(bare, "time" | "check-marks")
            {
                step.arg(format!("--{bare}"));
            } else if IGNORED_PTXAS.iter().any(|known| known.trim_start_matches('-') == name) {
                // `-dlcm ca` gives its value as the next word.
                let takes_value =
                    matches!(name, "dlcm" | "dscm" | "maxrregcount") || name.ends_with("-cache");
                if takes_value && !bare.contains('=') {
                    words.next();
                }
            } else {
                return Err(Failure::input(format!("'{word}' is no option of ptxas"))
                    .note("-Xptxas takes -v, -O0 to -O3, --warp-mapping=auto|fold|split, --atomics=coarse|fine, --split-compile=N, --time, --check-marks, and NVIDIA's own (ignored)"));
            }
        }
        step.args(level);
        if self.invocation.line_info || self.invocation.device_debug {
            step.arg("-lineinfo");
        }
        step.args(["-o".into(), code_object.as_os_str().to_owned(), ptx.as_os_str().to_owned()]);
        Ok(step)
    }

    /// A code object and the PTX it came from to a fat binary.
    pub fn bind(&self, code_object: &Path, ptx: Option<&Path>, fatbin: &Path) -> Result<Step> {
        let mut step = Step::new(&self.toolkit.own_tool("fatbinary")?);
        step.args(["-64", "--create"]).arg(fatbin);
        if self.invocation.no_compress {
            step.arg("--no-compress");
        }
        step.arg(format!("--image3=kind=elf,sm=gfx90a,file={}", code_object.display()));
        if let Some(ptx) = ptx {
            step.arg(format!("--image3=kind=ptx,sm={COMPUTE_CAPABILITY},file={}", ptx.display()));
        }
        Ok(step)
    }

    /// Objects to a static library.
    pub fn archive(&self, objects: &[PathBuf], library: &Path) -> Result<Step> {
        let ar = ["ar", "llvm-ar-22"].iter().find_map(|name| resolve(Path::new(name)));
        let ar = ar.ok_or_else(|| {
            Failure::input("no archiver was found").note("install one (Debian: apt-get install binutils)")
        })?;
        let mut step = Step::new(&ar);
        step.arg("qcs").args(self.invocation.archive_options.iter().cloned()).arg(library);
        step.args(objects.iter().cloned());
        Ok(step)
    }

    /// Objects and libraries to a program or shared library.
    pub fn link(&self, files: &[PathBuf], output: &Path) -> Result<Step> {
        let i = self.invocation;
        let mut step = Step::new(&self.host_compiler(false)?);
        if i.shared {
            step.arg("-shared");
        }
        if i.host_debug {
            step.arg("-g");
        }
        step.args(i.host_options.iter().cloned());
        step.arg("-o").arg(output).args(files.iter().cloned());
        step.args(dialogue::library_options(self.toolkit));
        step.args(i.libraries.iter().cloned());
        for option in &i.linker_options {
            step.args(["-Xlinker", option.as_str()]);
        }
        let cudart = i.cudart.unwrap_or_else(|| self.default_cudart());
        match cudart {
            Cudart::None => {}
            Cudart::Shared => {
                step.arg("-lcudart");
            }
            Cudart::Static => {
                if self.toolkit.lib().join("libcudadevrt.a").is_file() {
                    step.arg("-lcudadevrt");
                }
                step.args(["-lcudart_static", "-lrt", "-lpthread", "-ldl"]);
            }
        }
        if cudart != Cudart::None {
            // The program finds our libraries by itself; the static runtime is a shim over the shared core there.
            step.arg(format!("-Wl,-rpath,{}", self.toolkit.lib().display()));
        }
        Ok(step)
    }

    /// nvcc links the static runtime unless told otherwise; a toolkit without one links the shared one.
    fn default_cudart(&self) -> Cudart {
        if self.toolkit.lib().join("libcudart_static.a").is_file() { Cudart::Static } else { Cudart::Shared }
    }

    /// The host compiler: `-ccbin`, a file or a folder of one, else g++, else clang.
    pub fn host_compiler(&self, for_c: bool) -> Result<PathBuf> {
        let Some(named) = &self.invocation.host_compiler else {
            return Ok(resolve(Path::new(if for_c { "gcc" } else { "g++" }))
                .unwrap_or_else(|| self.clang_for(for_c)));
        };
        let found = if named.is_dir() {
            ["g++", "c++", "clang++"].iter().map(|name| named.join(name)).find(|file| file.is_file())
        } else {
            resolve(named)
        };
        let found = found.ok_or_else(|| {
            Failure::input(format!("the host compiler '{}' (-ccbin) does not exist", named.display()))
        })?;
        if for_c {
            return Ok(found);
        }
        Ok(cpp_sibling(&found).filter(|sibling| sibling.is_file()).unwrap_or(found))
    }

    /// clang++ beside clang, since one program name links C++ and the other does not.
    fn clang_for(&self, for_c: bool) -> PathBuf {
        if for_c {
            return self.clang.clone();
        }
        cpp_sibling(&self.clang).filter(|sibling| sibling.is_file()).unwrap_or_else(|| self.clang.clone())
    }
}

/// `gcc-12` to `g++-12`, `clang-22` to `clang++-22`: the C++ driver beside a C driver.
fn cpp_sibling(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let cpp = [("gcc", "g++"), ("clang", "clang++"), ("cc", "c++")].iter().find_map(|(c, cpp)| {
        let rest = name.strip_prefix(c)?;
        (rest.is_empty() || rest.starts_with('-')).then(|| format!("{cpp}{rest}"))
    })?;
    Some(path.with_file_name(cpp))
}
