//! Handles: the opaque values that C programs hold for streams, events, modules and the like.
//!
//! A handle is a number that was never used before, not an address: a stale or made-up one is recognised and refused.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, RwLock};

use crate::array::{Array, Image};
use crate::context::Context;
use crate::event::Event;
use crate::lock::{read, write};
use crate::module::{Kernel, Module};
use crate::stream::Stream;

/// Above every special value that CUDA gives a handle (1 and 2 for the default streams).
const FIRST: usize = 0x1000;
/// Handles look aligned, for programs that keep marks in the low bits.
const STEP: usize = 16;

/// The objects of one kind that C programs hold.
pub struct Table<T> {
    objects: RwLock<HashMap<usize, Arc<T>>>,
}

impl<T> Table<T> {
    /// No objects.
    #[allow(clippy::new_without_default, reason = "made once for each kind, in a static")]
    pub fn new() -> Table<T> {
        Table { objects: RwLock::new(HashMap::new()) }
    }

    /// A handle for `object`.
    pub fn add(&self, object: Arc<T>) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(FIRST);
        let handle = NEXT.fetch_add(STEP, Ordering::Relaxed);
        write(&self.objects).insert(handle, object);
        handle
    }

    /// The object of a handle that is in use.
    pub fn get(&self, handle: usize) -> Option<Arc<T>> {
        read(&self.objects).get(&handle).cloned()
    }

    /// Ends a handle.
    pub fn remove(&self, handle: usize) -> Option<Arc<T>> {
        write(&self.objects).remove(&handle)
    }

    /// Ends all handles of objects for which `gone` holds.
    pub fn remove_if(&self, gone: impl Fn(&T) -> bool) {
        let mut dead = Vec::new();
        write(&self.objects).retain(|_, object| {
            let keep = !gone(object);
            if !keep {
                dead.push(object.clone());
            }
            keep
        });
        // Objects are dropped outside the lock.
        drop(dead);
    }

    /// The handle of an object for which `wanted` holds.
    pub fn search(&self, wanted: impl Fn(&T) -> bool) -> Option<usize> {
        read(&self.objects).iter().find(|(_, object)| wanted(object)).map(|(handle, _)| *handle)
    }

    /// The handle of an object, if it has one.
    pub fn find(&self, object: &Arc<T>) -> Option<usize> {
        read(&self.objects).iter().find(|(_, other)| Arc::ptr_eq(other, object)).map(|(handle, _)| *handle)
    }
}

/// Streams.
pub static STREAMS: LazyLock<Table<Stream>> = LazyLock::new(Table::new);
/// Events.
pub static EVENTS: LazyLock<Table<Event>> = LazyLock::new(Table::new);
/// Contexts.
pub static CONTEXTS: LazyLock<Table<Context>> = LazyLock::new(Table::new);
/// Modules that the driver API loaded.
pub static MODULES: LazyLock<Table<Module>> = LazyLock::new(Table::new);
/// Arrays, levels of mipmapped ones too.
pub static ARRAYS: LazyLock<Table<Array>> = LazyLock::new(Table::new);
/// Mipmapped arrays.
pub static MIPMAPPED_ARRAYS: LazyLock<Table<Image>> = LazyLock::new(Table::new);
/// Functions that the driver API looked up.
pub static FUNCTIONS: LazyLock<Table<Kernel>> = LazyLock::new(Table::new);
