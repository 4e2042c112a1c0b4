//! The core of Wavefold's runtime: CUDA's execution model over HSA, without any C interface.
//!
//! One process has one core (it lives in `libwavefold.so.1`); `wavefold-cudart` and `wavefold-cuda` put CUDA's two C
//! APIs on top. The map, from the machine upwards:
//!
//! * [`platform`]: the HSA runtime in use, [`device`]: each GPU and its figures, [`config`]: the environment.
//! * [`context`]: what belongs to one use of a device; [`current`]: which one a thread uses; [`fault`]: how it fails.
//! * [`stream`]: ordered work on a [`queue`], with [`signal`], [`kernarg`] and [`worker`] under it; [`event`]: marks in it.
//! * [`allocation`]: what every pointer is; [`memory`], [`copy`], [`fill`]: what is done with it.
//! * [`managed`]: memory of both sides; [`system_calls`]: what kernels ask of the host; [`limits`]: how much they get.
//! * [`mod@array`]: arrays; [`texture`]: texture and surface objects, whose [`descriptors`] kernels read;
//!   [`texture_reference`]: the variables that programs of old bind.
//! * [`registry`]: what programs register; [`image`]: the forms of code; [`module`]: loaded code; [`jit`]: PTX to code; [`launch`], [`occupancy`].
//! * [`error`]: CUDA's codes; [`attribute`]: CUDA's device attributes; [`handle`]: what C programs hold;
//!   [`boundary`]: how their calls come in.
//!
//! Everything may be called from any thread.

pub mod allocation;
pub mod array;
pub mod attribute;
pub mod boundary;
mod cache;
pub mod config;
pub mod context;
pub mod copy;
pub mod copy_box;
pub mod current;
pub mod descriptors;
pub mod device;
pub mod error;
pub mod event;
pub mod fault;
pub mod fill;
pub mod handle;
pub mod image;
pub mod jit;
pub mod kernarg;
pub mod launch;
pub mod limits;
mod lock;
pub mod managed;
pub mod memory;
pub mod module;
pub mod occupancy;
pub mod platform;
pub mod queue;
pub mod registry;
pub mod signal;
pub mod stream;
pub mod system_calls;
pub mod texture;
pub mod texture_reference;
pub mod worker;

pub use error::{Error, Result};
