//! The options of the compiler at run time: what a program asks for, and where the messages and times go.
//!
//! Takes CUDA's two parallel arrays; what an option's value is (a number, an address, a float) its key says.

use wavefold_core::boundary::{In, Out};
use wavefold_core::jit::Log;
use wavefold_core::{Error, Result};

/// `CUjit_option`, those that mean something here.
mod option {
    pub const WALL_TIME: u32 = 2;
    pub const INFO_LOG_BUFFER: u32 = 3;
    pub const INFO_LOG_BUFFER_SIZE: u32 = 4;
    pub const ERROR_LOG_BUFFER: u32 = 5;
    pub const ERROR_LOG_BUFFER_SIZE: u32 = 6;
    pub const OPTIMIZATION_LEVEL: u32 = 7;
    pub const GENERATE_DEBUG_INFO: u32 = 11;
    pub const LOG_VERBOSE: u32 = 12;
    pub const GENERATE_LINE_INFO: u32 = 13;
    /// `CU_JIT_NUM_OPTIONS` of CUDA 12.4.
    pub const COUNT: u32 = 34;
}

/// The highest number of `CU_JIT_OPTIMIZATION_LEVEL`.
const MAX_LEVEL: usize = 4;

/// The options of a load or link, checked. The program's array of values must live as long as this.
#[derive(Debug, Default)]
pub struct Options {
    keys: Vec<u32>,
    /// Address of the array of values.
    values: usize,
    /// The values as they were: results go into the same array.
    given: Vec<usize>,
    level: Option<usize>,
    verbose: bool,
    debug: bool,
    lines: bool,
}

impl Options {
    /// Reads and checks the arrays.
    pub fn read(keys: In<u32>, values: Out<usize>, count: u32) -> Result<Options> {
        let mut options = Options { values: values.raw() as usize, ..Options::default() };
        if count == 0 {
            return Ok(options);
        }
        if keys.is_null() || values.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        for index in 0..count as usize {
            let key = keys.at(index)?;
            if key >= option::COUNT {
                return Err(Error::INVALID_VALUE.because(format_args!("JIT option {key}")));
            }
            options.keys.push(key);
            // SAFETY: the caller vouches for the array, which has an element for each key.
            let value = unsafe { values.raw().add(index).read_unaligned() };
            options.given.push(value);
            match key {
                option::OPTIMIZATION_LEVEL if value as u32 as usize > MAX_LEVEL => {
                    return Err(
                        Error::INVALID_VALUE.because(format_args!("optimisation level {}", value as u32))
                    );
                }
                option::OPTIMIZATION_LEVEL => options.level = Some(value as u32 as usize),
                option::LOG_VERBOSE => options.verbose = value as u32 != 0,
                option::GENERATE_DEBUG_INFO => options.debug = value as u32 != 0,
                option::GENERATE_LINE_INFO => options.lines = value as u32 != 0,
                _ => {}
            }
        }
        Ok(options)
    }

    /// The compiler's arguments.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if let Some(level) = self.level {
            arguments.push(format!("-O{}", level.min(3)));
        }
        let flags = [(self.verbose, "-v"), (self.debug, "-g"), (self.lines, "-lineinfo")];
        arguments.extend(flags.iter().filter(|(wanted, _)| *wanted).map(|(_, flag)| (*flag).to_owned()));
        arguments
    }

    /// Hands the messages and the time over.
    pub fn report(&self, log: &Log, milliseconds: f32) {
        self.give(option::INFO_LOG_BUFFER, option::INFO_LOG_BUFFER_SIZE, &log.information);
        self.give(option::ERROR_LOG_BUFFER, option::ERROR_LOG_BUFFER_SIZE, &log.errors);
        if let Some(index) = self.find(option::WALL_TIME) {
            // The result is a float in the slot itself.
            self.set_value(index, milliseconds.to_bits() as usize);
        }
    }

    fn find(&self, key: u32) -> Option<usize> {
        self.keys.iter().position(|&known| known == key)
    }

    fn set_value(&self, index: usize, value: usize) {
        // SAFETY: the caller vouches for the array, which has an element for each key.
        unsafe { (self.values as *mut usize).add(index).write_unaligned(value) }
    }

    fn give(&self, buffer_key: u32, size_key: u32, text: &str) {
        let (Some(buffer), Some(size)) = (self.find(buffer_key), self.find(size_key)) else { return };
        let room = self.given[size] as u32 as usize;
        let address = self.given[buffer] as *mut u8;
        if address.is_null() || room == 0 {
            return;
        }
        let count = text.len().min(room - 1);
        // SAFETY: the caller vouches for a buffer of the size it gives.
        unsafe {
            core::ptr::copy_nonoverlapping(text.as_ptr(), address, count);
            address.add(count).write(0);
        }
        self.set_value(size, count);
    }
}
