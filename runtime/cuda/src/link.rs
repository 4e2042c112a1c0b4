//! Linking at run time: PTX texts that declare each other's symbols become one code object.
//!
//! What is added is PTX, or holds PTX (fat binaries, host objects and libraries of them); the compiler links it. A finished
//! code object cannot be linked with others any more: alone it is what the link gives.

use core::ffi::{c_char, c_void};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::handle::Table;
use wavefold_core::image::{self, Code};
use wavefold_core::jit::{self, Log};
use wavefold_core::{Error, Result, api, current};

use crate::options::Options;

/// `CUjitInputType`.
mod input {
    pub const CUBIN: u32 = 0;
    pub const PTX: u32 = 1;
    pub const FATBINARY: u32 = 2;
    pub const OBJECT: u32 = 3;
    pub const LIBRARY: u32 = 4;
    pub const NVVM: u32 = 5;
}

/// A link in progress.
struct Link {
    options: Options,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    inputs: Vec<(String, Code)>,
    log: Log,
    milliseconds: f32,
    image: Option<Arc<Vec<u8>>>,
}

static LINKS: LazyLock<Table<Link>> = LazyLock::new(Table::new);

impl Link {
    fn by_handle(state: usize) -> Result<Arc<Link>> {
        LINKS.get(state).ok_or(Error::INVALID_RESOURCE_HANDLE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn add(&self, kind: u32, bytes: &[u8], name: &str, options: &Options) -> Result<()> {
        let mut state = self.state();
        if state.image.is_some() {
            return Err(Error::INVALID_VALUE.because("the link is complete"));
        }
        let start = std::time::Instant::now();
        let mut log = Log { options: options.arguments(), ..Log::default() };
        let found = match kind {
            input::PTX => Ok(vec![Code::Ptx(image::until_zero(bytes).to_vec())]),
            input::CUBIN => image::code_object(bytes).map(|code| vec![code]),
            input::FATBINARY => image::fat_binary(bytes).map(|code| vec![code]),
            input::OBJECT => image::host_object(bytes),
            input::LIBRARY => image::host_library(bytes),
            input::NVVM => Err(Error::NOT_SUPPORTED.because("NVVM IR as an input of a link")),
            _ => Err(Error::INVALID_VALUE),
        };
        let checked = found.and_then(|found| {
            for code in &found {
                if let Code::Ptx(text) = code {
                    jit::check(jit::Input { name, text }, &mut log)?;
                }
            }
            Ok(found)
        });
        state.milliseconds += start.elapsed().as_secs_f32() * 1000.0;
        state.log.errors.push_str(&log.errors);
        state.log.information.push_str(&log.information);
        self.options.report(&state.log, state.milliseconds);
        options.report(&log, start.elapsed().as_secs_f32() * 1000.0);
        state.inputs.extend(checked?.into_iter().map(|code| (name.to_owned(), code)));
        Ok(())
    }

    fn complete(&self) -> Result<Arc<Vec<u8>>> {
        let mut guard = self.state();
        let state = &mut *guard;
        if let Some(image) = &state.image {
            return Ok(image.clone());
        }
        let start = std::time::Instant::now();
        state.log.options = self.options.arguments();
        let result = link(&state.inputs, &mut state.log);
        state.milliseconds += start.elapsed().as_secs_f32() * 1000.0;
        self.options.report(&state.log, state.milliseconds);
        let image = Arc::new(result?);
        state.image = Some(image.clone());
        Ok(image)
    }
}

fn link(inputs: &[(String, Code)], log: &mut Log) -> Result<Vec<u8>> {
    if let [(_, Code::Object(bytes))] = inputs {
        return Ok(bytes.clone());
    }
    let mut texts = Vec::new();
    for (name, code) in inputs {
        match code {
            Code::Ptx(text) => texts.push(jit::Input { name, text }),
            Code::Object(_) => {
                let message = format!("{name}: a finished code object cannot be linked with others\n");
                log.errors.push_str(&message);
                return Err(Error::NOT_SUPPORTED.because(message.trim_end()));
            }
        }
    }
    if texts.is_empty() {
        return Err(Error::INVALID_VALUE.because("nothing was added to the link"));
    }
    // Each text is PTX by itself: what is wrong is how they fit together.
    jit::compile_linked(&texts, log).map_err(|error| match error {
        Error::INVALID_PTX if texts.len() > 1 => Error::INVALID_KERNEL_IMAGE,
        other => other,
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

api! {
    entry = driver_entry;

    /// Begins a link.
    #[partial("of the options, the logs, the time, the optimisation level, verbosity and debug information have an effect")]
    fn cuLinkCreate_v2(count: u32, keys: In<u32>, values: Out<usize>, state: Out<usize>) {
        current::driver_context()?;
        if state.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let options = Options::read(keys, values, count)?;
        state.put(LINKS.add(Arc::new(Link { options, state: Mutex::default() })))
    }

    /// Adds what lies in memory.
    #[partial("a finished code object links with nothing else; NVVM IR is refused")]
    fn cuLinkAddData_v2(
        state: usize,
        kind: u32,
        data: *const c_void,
        size: usize,
        name: In<c_char>,
        count: u32,
        keys: In<u32>,
        values: Out<usize>,
    ) {
        let link = Link::by_handle(state)?;
        if data.is_null() || size == 0 {
            return Err(Error::INVALID_VALUE);
        }
        let options = Options::read(keys, values, count)?;
        let name = if name.is_null() { "<unnamed>".to_owned() } else { name.text()? };
        // SAFETY: the caller vouches for so many bytes.
        let bytes = unsafe { core::slice::from_raw_parts(data.cast::<u8>(), size) };
        link.add(kind, bytes, &name, &options)
    }

    /// Adds a file.
    #[partial("a finished code object links with nothing else; NVVM IR is refused")]
    fn cuLinkAddFile_v2(
        state: usize, kind: u32, path: In<c_char>, count: u32, keys: In<u32>, values: Out<usize>,
    ) {
        let link = Link::by_handle(state)?;
        let options = Options::read(keys, values, count)?;
        let path = path.text()?;
        link.add(kind, &image::read_file(&path)?, file_name(&path), &options)
    }

    /// Links. The image belongs to the link and goes with it.
    fn cuLinkComplete(state: usize, image: Out<usize>, size: Out<usize>) {
        let link = Link::by_handle(state)?;
        if image.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let bytes = link.complete()?;
        size.put_if_wanted(bytes.len());
        image.put(bytes.as_ptr() as usize)
    }

    /// Ends a link.
    fn cuLinkDestroy(state: usize) {
        LINKS.remove(state).map(drop).ok_or(Error::INVALID_RESOURCE_HANDLE)
    }
}
