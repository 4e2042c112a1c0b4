//! Prints the module that the target `lower` makes of an input: `show_kernel FILE...`.

fn main() {
    for path in std::env::args().skip(1) {
        match std::fs::read(&path) {
            Ok(data) => print!("{}", wavefold_fuzz::kernels::module(&data)),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
}
