//! Texture and surface references: variables of a module that kernels read by name and the driver API fills.
//!
//! A `.texref` or `.surfref` variable is a descriptor in device memory. A reference collects what the program sets, one
//! property a call, and writes the descriptor anew whenever it is complete; kernels see the change from their next
//! launch on, as work submitted before is not waited for.

use std::sync::{Arc, LazyLock, Mutex};

use crate::array::{self, Format};
use crate::context::Context;
use crate::descriptors;
use crate::error::{Error, Result};
use crate::handle::Table;
use crate::lock::lock;
use crate::module::Module;
use crate::texture::{ALIGNMENT, Resource, Sampling, surface_descriptor, texture_descriptor};

/// What a reference has been told.
#[derive(Clone, Debug)]
pub struct State {
    /// What it reads; nothing is bound at first.
    pub resource: Option<Resource>,
    /// How.
    pub sampling: Sampling,
    /// The format of memory that is no array.
    pub format: Format,
}

/// A texture or surface reference.
pub struct Reference {
    /// Its context.
    pub context: u64,
    /// The module that it is a variable of; none for one that the program made.
    pub module: Option<Arc<Module>>,
    /// The variable's address.
    address: usize,
    surface: bool,
    state: Mutex<State>,
}

/// References that C programs hold.
pub static REFERENCES: LazyLock<Table<Reference>> = LazyLock::new(Table::new);

fn enter(context: &Context, module: Option<Arc<Module>>, address: usize, surface: bool) -> usize {
    use wavefold_formats::texture::Channel;
    let state = State {
        resource: None,
        sampling: Sampling { normalized_float: true, ..Sampling::default() },
        format: Format { channel: Channel::Unsigned8, channels: 1, normalized: false },
    };
    let state = Mutex::new(state);
    REFERENCES.add(Arc::new(Reference { context: context.id, module, address, surface, state }))
}

/// The reference of a module's variable.
pub fn of_variable(context: &Context, module: &Arc<Module>, name: &str, surface: bool) -> Result<usize> {
    let (address, size) = module.variable(name)?;
    if size != wavefold_formats::texture::DESCRIPTOR_BYTES {
        return Err(Error::SYMBOL_NOT_FOUND.because(format_args!("`{name}` is no texture or surface")));
    }
    let known = REFERENCES.search(|other| other.address == address && other.surface == surface);
    Ok(known.unwrap_or_else(|| enter(context, Some(module.clone()), address, surface)))
}

/// A reference that is no variable's; kernels cannot see it.
pub fn create(context: &Context) -> usize {
    enter(context, None, 0, false)
}

/// The reference of a handle.
pub fn find(handle: usize, surface: bool) -> Result<Arc<Reference>> {
    REFERENCES
        .get(handle)
        .filter(|reference| reference.surface == surface)
        .ok_or_else(|| Error::INVALID_VALUE.because("no such texture or surface reference"))
}

/// Forgets the references of a module that is being unloaded.
pub fn forget(module: &Arc<Module>) {
    REFERENCES.remove_if(|reference| reference.module.as_ref().is_some_and(|own| Arc::ptr_eq(own, module)));
}

impl Reference {
    /// What it has been told.
    pub fn state(&self) -> State {
        lock(&self.state).clone()
    }

    /// Changes what it has been told and writes the descriptor; nothing changes if that makes no valid texture.
    pub fn change(
        &self,
        context: &Arc<Context>,
        change: impl FnOnce(&mut State) -> Result<()>,
    ) -> Result<()> {
        let mut state = lock(&self.state);
        let mut next = state.clone();
        change(&mut next)?;
        if let Some(resource) = &next.resource {
            let descriptor = if self.surface {
                surface_descriptor(resource)?
            } else {
                // Properties come one by one: a filter that the format does not allow may be about to change.
                match texture_descriptor(resource, &next.sampling, None) {
                    Err(Error::INVALID_FILTER_SETTING) => {
                        let plain = Sampling { linear: false, linear_mipmap: false, ..next.sampling };
                        texture_descriptor(resource, &plain, None)?
                    }
                    other => other?,
                }
            };
            if self.address != 0 {
                descriptors::overwrite(context, self.address, &descriptor)?;
            }
        }
        *state = next;
        Ok(())
    }

    /// Binds linear memory, which may begin anywhere; gives the offset from the aligned address before it.
    pub fn bind_linear(&self, context: &Arc<Context>, address: usize, size: usize) -> Result<usize> {
        let offset = address % ALIGNMENT;
        self.change(context, |state| {
            let format = state.format;
            state.resource =
                Some(Resource::Linear { address: address - offset, format, size: size + offset });
            Ok(())
        })?;
        Ok(offset)
    }

    /// Binds an array, whose format becomes the reference's.
    pub fn bind_array(&self, context: &Arc<Context>, handle: usize) -> Result<()> {
        let array = array::find(handle)?;
        self.change(context, |state| {
            state.format = array.image.format;
            state.resource = Some(Resource::Array(handle));
            Ok(())
        })
    }
}
