//! Copies of boxes: slices of rows, of arrays or of plain memory on either side.

use std::sync::Arc;

use crate::array::Array;
use crate::copy::{Direction, Rows, copy};
use crate::error::{Error, Result};
use crate::stream::Stream;

/// What is copied: bytes of a row, rows of a slice, slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Bytes of a row.
    pub width: usize,
    /// Rows.
    pub rows: usize,
    /// Slices.
    pub slices: usize,
}

/// One side of a copy, where its first byte is and how far rows and slices are apart.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// The first byte.
    pub address: usize,
    /// From row to row.
    pub pitch: usize,
    /// From slice to slice.
    pub slice: usize,
    /// Whether it is an array: device memory, whatever the direction says.
    pub array: bool,
}

impl Side {
    /// Plain memory, whose rows and slices begin at `base`; the box begins at byte `x` of row `y` of slice `z`.
    pub fn memory(base: usize, pitch: usize, rows: usize, [x, y, z]: [usize; 3]) -> Result<Side> {
        let slice = pitch.checked_mul(rows).ok_or(Error::INVALID_VALUE)?;
        let offset = z.checked_mul(slice).and_then(|o| o.checked_add(y.checked_mul(pitch)?)?.checked_add(x));
        let address = offset.and_then(|offset| base.checked_add(offset)).ok_or(Error::INVALID_VALUE)?;
        Ok(Side { address, pitch, slice, array: false })
    }

    /// An array, in which a box of that extent begins at byte `x` of row `y` of slice `z`.
    pub fn array(array: &Array, [x, y, z]: [usize; 3], extent: Extent) -> Result<Side> {
        let (shape, place) = (array.shape(), array.place());
        let within = |start: usize, length: usize, size: usize| {
            start.checked_add(length).is_some_and(|end| end <= size)
        };
        let inside = within(x, extent.width, shape.width * array.image.format.bytes())
            && within(y, extent.rows, shape.rows())
            && within(z, extent.slices, shape.slices());
        if !inside {
            return Err(Error::INVALID_VALUE.because(format_args!(
                "{extent:?} at ({x}, {y}, {z}) reaches out of an array of {shape:?}"
            )));
        }
        let offset = z * place.slice as usize + y * place.pitch as usize + x;
        let (pitch, slice) = (place.pitch as usize, place.slice as usize);
        Ok(Side { address: place.address as usize + offset, pitch, slice, array: true })
    }
}

/// Copies a box in stream order; with `wait` as [`copy`] does.
pub fn copy_box(
    stream: &Arc<Stream>,
    to: Side,
    from: Side,
    extent: Extent,
    direction: Direction,
    wait: bool,
) -> Result<()> {
    use Direction::{DeviceToDevice, DeviceToHost, HostToDevice, HostToHost};
    let wrong = to.array && matches!(direction, DeviceToHost | HostToHost)
        || from.array && matches!(direction, HostToDevice | HostToHost);
    if wrong {
        return Err(Error::INVALID_MEMCPY_DIRECTION.because("an array is device memory"));
    }
    // Between arrays there is nothing that the pointers do not say.
    let direction = if to.array && from.array { DeviceToDevice } else { direction };
    let rows = Rows {
        width: extent.width,
        rows: extent.rows,
        destination_pitch: to.pitch,
        source_pitch: from.pitch,
    };
    for slice in 0..extent.slices {
        let last = slice + 1 == extent.slices;
        let (to, from) = (to.address + slice * to.slice, from.address + slice * from.slice);
        copy(stream, to, from, rows, direction, wait && last)?;
    }
    Ok(())
}

/// Copies `count` bytes between plain memory and an array, whose rows follow each other from byte `x` of row `y` on.
pub fn copy_bytes(
    stream: &Arc<Stream>,
    array: &Array,
    (x, y): (usize, usize),
    memory: usize,
    count: usize,
    (to_array, direction, wait): (bool, Direction, bool),
) -> Result<()> {
    let row = array.shape().width * array.image.format.bytes();
    if x > row {
        return Err(Error::INVALID_VALUE);
    }
    let (mut done, mut x, mut y) = (0, x, y);
    while done < count {
        let whole = if x == 0 { (count - done) / row } else { 0 };
        let extent = match whole {
            0 => Extent { width: (row - x).min(count - done), rows: 1, slices: 1 },
            rows => Extent { width: row, rows, slices: 1 },
        };
        let inner = Side::array(array, [x, y, 0], extent)?;
        let outer = Side { address: memory + done, pitch: row, slice: 0, array: false };
        let (to, from) = if to_array { (inner, outer) } else { (outer, inner) };
        copy_box(stream, to, from, extent, direction, wait)?;
        done += extent.width * extent.rows;
        y += extent.rows;
        x = 0;
    }
    Ok(())
}
