//! One executable under several names: `nvcc`, `fatbinary`, `nvlink`, `cuobjdump` and `wavefold`.
//!
//! The name it is called by says which tool it is; `wavefold <tool> ...` reaches each of them too.

fn main() {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let name =
        std::path::Path::new(&name).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    // Paths that are no UTF-8 are rare enough to be refused by the name they are shown with.
    let arguments = words.map(|word| word.to_string_lossy().into_owned()).collect();
    std::process::exit(wavefold_driver::run_as(&name, arguments));
}
