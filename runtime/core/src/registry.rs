//! What programs and libraries register before `main`: fat binaries, the host stubs of kernels, shadow variables.
//!
//! Registration only notes addresses; nothing is parsed or loaded until a kernel or variable is used on a device. So it
//! survives `cudaDeviceReset`, and a program that never uses its kernels pays nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, RwLock};

use wavefold_formats::note::MANAGED_TAG;

use crate::fault;
use crate::lock::{read, write};

/// A registered fat binary.
#[derive(Debug)]
pub struct Binary {
    /// A number unique in the process; also the handle given to the program.
    pub id: u64,
    /// Where its wrapper or container lies.
    pub image: usize,
}

/// A kernel by its host stub.
#[derive(Clone)]
pub struct Function {
    /// The fat binary that holds it.
    pub binary: Arc<Binary>,
    /// Its PTX name.
    pub name: Arc<str>,
}

/// A device variable by its host shadow.
#[derive(Clone)]
pub struct Variable {
    /// The fat binary that holds it.
    pub binary: Arc<Binary>,
    /// Its PTX name.
    pub name: Arc<str>,
    /// Its size in bytes.
    pub size: usize,
    /// Whether the host's memory is the variable itself.
    pub managed: bool,
}

#[derive(Default)]
struct Registry {
    binaries: HashMap<u64, Arc<Binary>>,
    functions: HashMap<usize, Function>,
    variables: HashMap<usize, Variable>,
}

static REGISTRY: LazyLock<RwLock<Registry>> = LazyLock::new(RwLock::default);

/// Enters a fat binary and returns its handle.
pub fn add_binary(image: usize) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed) << 4;
    write(&REGISTRY).binaries.insert(id, Arc::new(Binary { id, image }));
    id
}

/// Enters a kernel. A stub that is registered again belongs to the later fat binary.
pub fn add_function(binary: u64, host: usize, name: &str) -> bool {
    let mut registry = write(&REGISTRY);
    let Some(binary) = registry.binaries.get(&binary).cloned() else { return false };
    registry.functions.insert(host, Function { binary, name: name.into() });
    true
}

/// Enters a variable.
pub fn add_variable(binary: u64, host: usize, name: &str, size: usize) -> bool {
    let managed = is_managed_name(name);
    let mut registry = write(&REGISTRY);
    let Some(binary) = registry.binaries.get(&binary).cloned() else { return false };
    registry.variables.insert(host, Variable { binary, name: name.into(), size, managed });
    true
}

/// Whether a variable of this name was declared `__managed__`.
pub fn is_managed_name(name: &str) -> bool {
    name.contains(MANAGED_TAG)
}

/// The host memory of a managed variable.
pub fn managed_variable(binary: u64, name: &str) -> Option<usize> {
    let registry = read(&REGISTRY);
    let mut variables = registry.variables.iter();
    let found = variables.find(|(_, v)| v.managed && v.binary.id == binary && &*v.name == name)?;
    Some(*found.0)
}

/// Where a fat binary lies.
pub fn image(binary: u64) -> Option<usize> {
    read(&REGISTRY).binaries.get(&binary).map(|binary| binary.image)
}

/// Forgets a fat binary and everything in it.
pub fn remove_binary(id: u64) {
    let mut hosts = Vec::new();
    {
        let mut registry = write(&REGISTRY);
        registry.binaries.remove(&id);
        registry.functions.retain(|host, function| {
            let keep = function.binary.id != id;
            if !keep {
                hosts.push(*host);
            }
            keep
        });
        registry.variables.retain(|_, variable| variable.binary.id != id);
    }
    for context in fault::contexts() {
        context.forget(&hosts);
    }
}

/// The kernel of a host stub.
pub fn function(host: usize) -> Option<Function> {
    read(&REGISTRY).functions.get(&host).cloned()
}

/// The variable of a host shadow.
pub fn variable(host: usize) -> Option<Variable> {
    read(&REGISTRY).variables.get(&host).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removing_a_binary_removes_what_it_brought() {
        let (first, second) = (add_binary(0x1000), add_binary(0x2000));
        assert!(add_function(first, 0x7001, "f") && add_function(second, 0x7002, "g"));
        let managed = "_Z1vB16wavefold_managed";
        assert!(add_variable(first, 0x7003, "v", 4) && add_variable(first, 0x7005, managed, 4));
        assert_eq!(managed_variable(first, managed), Some(0x7005));
        assert_eq!((managed_variable(second, managed), managed_variable(first, "v")), (None, None));
        remove_binary(first);
        assert!(function(0x7001).is_none() && variable(0x7003).is_none());
        assert_eq!(&*function(0x7002).expect("still there").name, "g");
        assert!(!add_function(first, 0x7004, "h"));
        remove_binary(second);
    }
}
