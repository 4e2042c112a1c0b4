//! Device variables by their host shadows.

use wavefold_core::boundary::{DefaultStream, Out, runtime_entry};
use wavefold_core::copy::{Direction, Rows, copy};
use wavefold_core::{Error, Result, api, current, registry};

/// Address and size of the variable behind a shadow, in the current context.
fn locate(symbol: usize) -> Result<(usize, usize)> {
    let variable = registry::variable(symbol).ok_or(Error::INVALID_SYMBOL)?;
    let module = current::context()?.module(&variable.binary)?;
    module.variable(&variable.name).map_err(|_| Error::INVALID_SYMBOL)
}

/// The address of `count` bytes at `offset` in a variable.
fn part(symbol: usize, count: usize, offset: usize) -> Result<usize> {
    let (address, size) = locate(symbol)?;
    match offset.checked_add(count) {
        Some(end) if end <= size => Ok(address + offset),
        _ => Err(Error::INVALID_VALUE
            .because(format_args!("{count} bytes at offset {offset} of a variable of {size} bytes"))),
    }
}

/// The directions that a copy to (or from) a variable may have.
fn direction(kind: u32, host: Direction) -> Result<Direction> {
    let direction = Direction::from_kind(kind)?;
    match direction {
        Direction::DeviceToDevice | Direction::Default => Ok(direction),
        _ if direction == host => Ok(direction),
        _ => Err(Error::INVALID_MEMCPY_DIRECTION),
    }
}

struct Where {
    stream: usize,
    default: DefaultStream,
    wait: bool,
}

fn to_symbol(
    symbol: usize,
    source: usize,
    count: usize,
    offset: usize,
    kind: u32,
    place: Where,
) -> Result<()> {
    let direction = direction(kind, Direction::HostToDevice)?;
    let address = part(symbol, count, offset)?;
    let stream = place.default.resolve(&current::context()?, place.stream)?;
    copy(&stream, address, source, Rows::linear(count), direction, place.wait)
}

fn from_symbol(
    destination: usize,
    symbol: usize,
    count: usize,
    offset: usize,
    kind: u32,
    place: Where,
) -> Result<()> {
    let direction = direction(kind, Direction::DeviceToHost)?;
    let address = part(symbol, count, offset)?;
    let stream = place.default.resolve(&current::context()?, place.stream)?;
    copy(&stream, destination, address, Rows::linear(count), direction, place.wait)
}

api! {
    entry = runtime_entry;

    /// The device address of a variable.
    fn cudaGetSymbolAddress(pointer: Out<usize>, symbol: usize) {
        pointer.put(locate(symbol)?.0)
    }

    /// The size of a variable in bytes.
    fn cudaGetSymbolSize(size: Out<usize>, symbol: usize) {
        size.put(locate(symbol)?.1)
    }

    /// Copies to a variable.
    fn cudaMemcpyToSymbol | cudaMemcpyToSymbol_ptds(default) (
        symbol: usize,
        source: usize,
        count: usize,
        offset: usize,
        kind: u32,
    ) {
        to_symbol(symbol, source, count, offset, kind, Where { stream: 0, default, wait: true })
    }

    /// Copies to a variable in stream order.
    fn cudaMemcpyToSymbolAsync | cudaMemcpyToSymbolAsync_ptsz(default) (
        symbol: usize,
        source: usize,
        count: usize,
        offset: usize,
        kind: u32,
        stream: usize,
    ) {
        to_symbol(symbol, source, count, offset, kind, Where { stream, default, wait: false })
    }

    /// Copies from a variable.
    fn cudaMemcpyFromSymbol | cudaMemcpyFromSymbol_ptds(default) (
        destination: usize,
        symbol: usize,
        count: usize,
        offset: usize,
        kind: u32,
    ) {
        from_symbol(destination, symbol, count, offset, kind, Where { stream: 0, default, wait: true })
    }

    /// Copies from a variable in stream order.
    fn cudaMemcpyFromSymbolAsync | cudaMemcpyFromSymbolAsync_ptsz(default) (
        destination: usize,
        symbol: usize,
        count: usize,
        offset: usize,
        kind: u32,
        stream: usize,
    ) {
        from_symbol(destination, symbol, count, offset, kind, Where { stream, default, wait: false })
    }
}
