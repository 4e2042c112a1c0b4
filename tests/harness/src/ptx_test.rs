//! A `.ptx` test: a module, one launch, what the buffers must hold afterwards. docs/testing.md has the keys.
//!
//! The whole file, header included (PTX reads it as comments), goes to `cuModuleLoadDataEx`.

use crate::compare::{self, Tolerance};
use crate::cuda::Driver;
use crate::cuda_textures::Description;
use crate::values::{self, Element, Type};
use crate::{header, oracle, random, toolkit};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Filler of memory that a kernel should not touch, and of outputs before the launch.
const POISON: u8 = 0xcd;
/// Poisoned bytes kept behind each buffer, to see writes past its end.
const GUARD: usize = 256;

/// A scalar extent or up to three of them, as in `block = 32` or `block = [8, 4]`.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Extent {
    One(u32),
    Many(Vec<u32>),
}

impl Extent {
    fn three(&self) -> Result<[u32; 3]> {
        let given: &[u32] = match self {
            Extent::One(x) => std::slice::from_ref(x),
            Extent::Many(list) => list,
        };
        ensure!(given.len() <= 3, "more than three dimensions");
        let mut out = [1; 3];
        out[..given.len()].copy_from_slice(given);
        Ok(out)
    }
}

/// The header. Keys that are not named here are buffers.
#[derive(Deserialize)]
pub struct Header {
    kernel: String,
    grid: Option<Extent>,
    block: Option<Extent>,
    #[serde(default)]
    shared: u32,
    #[serde(default)]
    args: Vec<String>,
    /// Rows of a random sweep.
    pub random: Option<usize>,
    #[serde(default = "one")]
    seed: u64,
    oracle: Option<String>,
    tolerance: Option<String>,
    #[serde(default)]
    bits: bool,
    /// Module variables written before the launch.
    #[serde(default)]
    set: BTreeMap<String, String>,
    /// Module variables compared after it.
    #[serde(default)]
    get: BTreeMap<String, String>,
    /// The CUDA error that loading or running must give.
    error: Option<String>,
    /// Force a warp mapping (our compiler only).
    pub mapping: Option<String>,
    /// Why the test cannot run yet.
    pub skip: Option<String>,
    /// What confirmed the expectation.
    #[serde(rename = "proved")]
    _proved: Option<String>,
    /// What textures and surfaces are made of; their texels are buffers.
    #[serde(default)]
    texture: BTreeMap<String, Description>,
    #[serde(flatten)]
    buffers: BTreeMap<String, toml::Value>,
}

fn one() -> u64 {
    1
}

/// A buffer that came with an argument `in:`, `out:` or `inout:`.
struct Buffer {
    name: String,
    address: u64,
    size: usize,
    want: Option<Vec<Element>>,
}

/// Reads the header alone.
pub fn read_header(path: &Path) -> Result<Header> {
    header::parse(&std::fs::read_to_string(path)?)
}

/// Runs the test in this process.
pub fn run(path: &Path) -> Result<()> {
    let source = std::fs::read_to_string(path)?;
    let header: Header = header::parse(&source)?;
    let (library, _) = toolkit::libcuda()?;
    let driver = Driver::open(&library)?;
    let outcome = execute(&driver, &header, &source);
    match (&header.error, outcome) {
        (None, outcome) => outcome,
        (Some(name), Ok(())) => bail!("expected {name}, but the kernel ran"),
        (Some(name), Err(error)) if format!("{error:#}").contains(name.as_str()) => Ok(()),
        (Some(name), Err(error)) => Err(error.context(format!("expected {name}"))),
    }
}

fn execute(driver: &Driver, header: &Header, source: &str) -> Result<()> {
    let module = match driver.load(source)? {
        Ok(module) => module,
        Err(error) => bail!("the module is refused: {}\n{}", error.name, error.log),
    };
    let kernel = driver.kernel(&module, &header.kernel)?;
    for (name, list) in &header.set {
        let bytes = values::bytes(&values::parse(list).with_context(|| format!("set.{name}"))?);
        let (address, size) = driver.global(&module, name)?;
        ensure!(bytes.len() <= size, "set.{name}: {} bytes for a variable of {size}", bytes.len());
        driver.write(address, &bytes)?;
    }

    let sweep = sweep(header)?;
    let mut buffers = Vec::new();
    let mut images = Vec::new();
    let mut arguments = Vec::new();
    for argument in &header.args {
        arguments.push(match argument.split_once(':') {
            Some((kind @ ("tex" | "surf"), name)) => {
                let description =
                    header.texture.get(name).with_context(|| format!("no `texture.{name}` in the header"))?;
                let texels = values::parse(text(header, name)?)?;
                let (object, array) = driver.image(description, &texels, kind == "surf")?;
                images.push((name, description, array, texels));
                object.to_le_bytes().to_vec()
            }
            Some((kind, name)) => {
                let buffer = prepare(driver, header, sweep.as_ref(), kind, name)?;
                let address = buffer.address.to_le_bytes().to_vec();
                buffers.push(buffer);
                address
            }
            None => {
                values::bytes(&values::parse(argument).with_context(|| format!("argument `{argument}`"))?)
            }
        });
    }

    let block = header.block.as_ref().map_or(Ok([1; 3]), Extent::three)?;
    let mut grid = header.grid.as_ref().map_or(Ok([1; 3]), Extent::three)?;
    if let (Some(sweep), None) = (&sweep, &header.grid) {
        grid[0] = sweep.count as u32 / block[0];
    }
    driver.run(&kernel, grid, block, header.shared, &arguments)?;

    let tolerance = tolerance(header)?;
    for buffer in &buffers {
        judge(driver, buffer, tolerance, sweep.as_ref())?;
    }
    for (name, description, array, texels) in images {
        let after = format!("{name}_after");
        if let (true, Some(array)) = (header.buffers.contains_key(&after), array) {
            let want = values::parse(text(header, &after)?)?;
            ensure!(values::byte_len(&want) == values::byte_len(&texels), "`{after}` has another size");
            let got = values::read(&driver.read_array(description, array, values::byte_len(&want))?, &want);
            compare::check(name, &want, &got, tolerance, |_| String::new())?;
        }
    }
    for (name, list) in &header.get {
        let want = values::parse(list).with_context(|| format!("get.{name}"))?;
        let (address, size) = driver.global(&module, name)?;
        ensure!(values::byte_len(&want) <= size, "get.{name}: longer than the variable ({size} bytes)");
        let got = values::read(&driver.read(address, values::byte_len(&want))?, &want);
        compare::check(name, &want, &got, tolerance, |_| String::new())?;
    }
    Ok(())
}

fn tolerance(header: &Header) -> Result<Tolerance> {
    match (&header.tolerance, header.bits) {
        (None, false) => Ok(Tolerance::Exact),
        (None, true) => Ok(Tolerance::Bits),
        (Some(text), false) => Tolerance::parse(text),
        (Some(_), true) => bail!("`tolerance` and `bits` exclude one another"),
    }
}

/// The operands of a random sweep and the oracle of the outputs that name none.
struct Sweep {
    count: usize,
    /// Threads of a block.
    block: usize,
    operands: Vec<(String, Type, Vec<u64>)>,
    oracle: Option<String>,
}

impl Sweep {
    /// The results that `TYPE [INSTRUCTION [of OPERAND, ...]]` wants: by the header's `oracle` unless it names its
    /// own, of all operands unless it names some.
    fn results(&self, wanted: &str) -> Result<Vec<Element>> {
        let (ty, named) = wanted.split_once(' ').map_or((wanted, None), |(ty, named)| (ty, Some(named)));
        let ty = Type::parse(ty).with_context(|| format!("`{ty}` is not a type"))?;
        let (name, of) = match named.map(|named| named.split_once(" of ").unwrap_or((named, ""))) {
            Some((name, of)) => (name.trim(), of),
            None => (self.oracle.as_deref().context("`random` needs an `oracle`")?, ""),
        };
        let columns: Vec<&Vec<u64>> = match of {
            "" => self.operands.iter().map(|(.., column)| column).collect(),
            _ => of.split(',').map(|operand| self.column(operand.trim())).collect::<Result<_>>()?,
        };
        if let Some(name) = name.strip_prefix("warp.") {
            let oracle =
                oracle::warp::find(name).with_context(|| format!("no warp oracle is named `{name}`"))?;
            let bits = oracle::warp::run(&oracle, &columns, self.block);
            return Ok(bits.into_iter().map(|bits| Element { ty, bits }).collect());
        }
        let oracle = oracle::find(name).with_context(|| format!("no oracle is named `{name}`"))?;
        let row = |row: usize| columns.iter().map(|column| column[row]).collect::<Vec<u64>>();
        Ok((0..self.count).map(|at| Element { ty, bits: oracle(&row(at)) }).collect())
    }

    fn column(&self, name: &str) -> Result<&Vec<u64>> {
        let found = self.operands.iter().find(|(own, ..)| own == name);
        Ok(&found.with_context(|| format!("`{name}` is no random operand"))?.2)
    }
}

fn text<'a>(header: &'a Header, name: &str) -> Result<&'a str> {
    let value = header.buffers.get(name).with_context(|| format!("the header has no buffer `{name}`"))?;
    value.as_str().with_context(|| format!("buffer `{name}` is not a string"))
}

fn sweep(header: &Header) -> Result<Option<Sweep>> {
    let Some(wanted) = header.random else { return Ok(None) };
    let block = header.block.as_ref().map_or(Ok([1; 3]), Extent::three)?[0] as usize;
    let count = wanted.next_multiple_of(block);
    let mut kinds = Vec::new();
    for argument in &header.args {
        if let Some(name) = argument.strip_prefix("in:")
            && let Some(kind) = text(header, name)?.strip_prefix("random ")
        {
            kinds.push((name.to_string(), random::Kind::parse(kind)?));
        }
    }
    let columns =
        random::columns(&kinds.iter().map(|(_, kind)| kind.clone()).collect::<Vec<_>>(), count, header.seed);
    let operands = kinds.into_iter().zip(columns).map(|((name, kind), c)| (name, kind.ty, c)).collect();
    Ok(Some(Sweep { count, block, operands, oracle: header.oracle.clone() }))
}

fn prepare(
    driver: &Driver,
    header: &Header,
    sweep: Option<&Sweep>,
    kind: &str,
    name: &str,
) -> Result<Buffer> {
    let list = text(header, name)?;
    let elements = |list: &str| -> Result<Vec<Element>> {
        if list.starts_with("random ") {
            let sweep = sweep.context("a `random` buffer needs the key `random`")?;
            let (_, ty, column) =
                sweep.operands.iter().find(|(n, ..)| n == name).context("random, but not an `in:`")?;
            return Ok(column.iter().map(|&bits| Element { ty: *ty, bits: Some(bits) }).collect());
        }
        if let Some(wanted) = list.strip_prefix("oracle ") {
            return sweep.context("an `oracle` buffer needs the key `random`")?.results(wanted);
        }
        values::parse(list).with_context(|| format!("buffer `{name}`"))
    };
    let (initial, want) = match kind {
        "in" => {
            let given = elements(list)?;
            (values::bytes(&given), Some(given))
        }
        "out" => {
            let want = elements(list)?;
            (vec![POISON; values::byte_len(&want)], Some(want))
        }
        "inout" => {
            let after = text(header, &format!("{name}_after"))?;
            (values::bytes(&elements(list)?), Some(elements(after)?))
        }
        _ => bail!("an argument is `in:`, `out:`, `inout:` or typed values, not `{kind}:`"),
    };
    let size = initial.len();
    let mut memory = initial;
    memory.resize(size + GUARD, POISON);
    let address = driver.upload(&memory)?;
    Ok(Buffer { name: name.to_string(), address, size, want })
}

fn judge(driver: &Driver, buffer: &Buffer, tolerance: Tolerance, sweep: Option<&Sweep>) -> Result<()> {
    let memory = driver.read(buffer.address, buffer.size + GUARD)?;
    if let Some(want) = &buffer.want {
        ensure!(values::byte_len(want) <= buffer.size, "`{}_after` is longer than the buffer", buffer.name);
        let got = values::read(&memory, want);
        compare::check(&buffer.name, want, &got, tolerance, |index| match sweep {
            Some(sweep) if index < sweep.count => {
                let shown: Vec<String> = sweep
                    .operands
                    .iter()
                    .map(|(n, ty, column)| format!("{n} = {}", ty.show(column[index])))
                    .collect();
                format!(" for {}", shown.join(", "))
            }
            _ => String::new(),
        })?;
    }
    if let Some(at) = memory[buffer.size..].iter().position(|&b| b != POISON) {
        bail!("byte {at} behind the end of `{}` was overwritten", buffer.name);
    }
    Ok(())
}

/// Writes into the header what confirmed the expectation, replacing an earlier word.
pub fn record_proof(path: &Path, proof: &str) -> Result<()> {
    let source = std::fs::read_to_string(path)?;
    let mut lines: Vec<String> =
        source.lines().filter(|line| !line.starts_with("//! proved")).map(String::from).collect();
    let end = lines.iter().take_while(|line| line.starts_with("//!")).count();
    lines.insert(end, format!("//! proved = \"{proof}\""));
    std::fs::write(path, lines.join("\n") + "\n")?;
    Ok(())
}
