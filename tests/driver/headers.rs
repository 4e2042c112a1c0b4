//! Our CUDA headers through both passes: what device code means in PTX, and that ordinary C++ goes with it.

use crate::Body;
use crate::bench::{Bench, contains, same};

pub fn tests() -> Vec<(&'static str, Body)> {
    vec![
        ("intrinsics_become_their_instructions", intrinsics),
        ("every_header_stands_alone", standalone),
        ("c_and_cpp_hosts_read_the_api", hosts),
        ("error_numbers_are_cudas", error_numbers),
        ("standards", standards),
        ("layouts", layouts),
    ]
}

/// An expression of device code and a part of the PTX it must give.
const INTRINSICS: &[(&str, &str)] = &[
    ("i[0] = threadIdx.x + blockIdx.y * blockDim.z + gridDim.x;", "%ctaid.y"),
    ("i[0] = warpSize;", "32"),
    ("__syncthreads(); i[0] = 1;", "bar.sync"),
    ("i[0] = __syncthreads_count(i[1]);", "bar.red.popc.u32"),
    ("__syncwarp(); i[0] = 1;", "bar.warp.sync"),
    ("i[0] = __shfl_sync(~0u, i[0], 3);", "shfl.sync.idx.b32"),
    ("i[0] = __shfl_up_sync(~0u, i[0], 1);", "shfl.sync.up.b32"),
    ("f[0] = __shfl_down_sync(~0u, f[0], 16);", "shfl.sync.down.b32"),
    ("d[0] = __shfl_xor_sync(~0u, d[0], 1, 8);", "shfl.sync.bfly.b32"),
    ("i[0] = __any_sync(~0u, i[0]);", "vote.sync.any.pred"),
    ("i[0] = __all_sync(~0u, i[0]);", "vote.sync.all.pred"),
    ("u[0] = __ballot_sync(~0u, i[0]);", "vote.sync.ballot.b32"),
    ("u[0] = __activemask();", "activemask.b32"),
    ("u[0] = __match_any_sync(~0u, f[0]);", "match.any.sync.b32"),
    ("int p; u[0] = __match_all_sync(~0u, 3ll, &p); i[0] = p;", "match.all.sync.b64"),
    ("u[0] = __reduce_max_sync(~0u, u[1]);", "shfl.sync.bfly.b32"),
    ("atomicAdd(f, 1.0f);", "atom.global.add.f32"),
    ("atomicAdd(d, 1.0);", "atom.global.add.f64"),
    ("atomicAdd(i, 1); atomicAdd_block(u, 2u);", "atom.cta."),
    ("atomicAdd_system(u, 2u);", "atom.sys."),
    ("atomicSub(i, 5);", "atom.global.add.u32"),
    ("i[1] = atomicMin(i, 3);", "atom.global.min.s32"),
    ("u[1] = atomicMax(u, 3u);", "atom.global.max.u32"),
    ("u[1] = atomicInc(u, 3u);", "atom.global.inc.u32"),
    ("i[1] = atomicExch(i, 3);", "atom.global.exch.b32"),
    ("i[1] = atomicCAS(i, 3, 4);", "atom.relaxed.sys.global.cas.b32"),
    ("u[1] = atomicXor(u, 3u);", "atom.global.xor.b32"),
    ("__threadfence(); i[0] = 1;", "membar.gl"),
    ("__threadfence_block(); i[0] = 1;", "membar.cta"),
    ("__threadfence_system(); i[0] = 1;", "membar.sys"),
    ("i[0] = __ldg(i + 1);", "ld.global.nc.b32"),
    ("*(float4*)f = __ldg((const float4*)d);", "ld.global.v4.b32"),
    ("u[0] = __popc(u[1]);", "popc.b32"),
    ("i[0] = __clz(i[1]);", "clz.b32"),
    ("u[0] = __brev(u[1]);", "brev.b32"),
    ("u[0] = __byte_perm(u[1], u[2], 0x3210);", "prmt.b32"),
    ("u[0] = __funnelshift_r(u[1], u[2], 7);", "shf.r"),
    ("i[0] = __mulhi(i[1], i[2]);", "mul.hi.s32"),
    ("i[0] = __float2int_rn(f[0]);", "cvt.rni.s32.f32"),
    ("i[0] = __float2int_ru(f[0]);", "cvt.rpi.s32.f32"),
    ("f[0] = __int2float_rn(i[0]);", "cvt.rn.f32.s32"),
    ("f[0] = __fmaf_rz(f[1], f[2], f[3]);", "fma.rz.f32"),
    ("f[0] = __frcp_rn(f[1]);", "rcp.rn.f32"),
    ("f[0] = __saturatef(f[1]);", "cvt.sat.f32.f32"),
    ("f[0] = fmaf(f[1], f[2], f[3]);", "fma.rn.f32"),
    ("f[0] = fminf(f[1], f[2]);", "min.f32"),
    ("f[0] = max(f[1], f[2]);", "max.f32"),
    ("d[0] = fma(d[1], d[2], d[3]);", "fma.rn.f64"),
    ("f[0] = __expf(f[1]);", "ex2.approx.f32"),
    ("f[0] = __sinf(f[1]);", "sin.approx.f32"),
    ("f[0] = expf(f[1]) + std::exp(f[2]);", "__nv_expf"),
    ("d[0] = pow(d[1], d[2]);", "__nv_pow"),
    ("f[0] = erff(f[1]);", "__nv_erff"),
    ("l[0] = clock64();", "%clock64"),
    ("u[0] = __lane_id();", "%laneid"),
    ("__nanosleep(100);", "nanosleep.u32"),
];

fn intrinsics() -> Result<(), String> {
    let bench = Bench::new(&[])?;
    let mut source = String::new();
    for (index, (code, _)) in INTRINSICS.iter().enumerate() {
        let parameters = "int* i, unsigned* u, float* f, double* d, long long* l";
        source.push_str(&format!("extern \"C\" __global__ void k{index}({parameters}) {{ {code} }}\n"));
    }
    bench.write("i.cu", &source)?;
    bench.succeed(&["nvcc", "-ptx", "i.cu"])?;
    let ptx = bench.text("i.ptx")?;
    for (index, (code, expected)) in INTRINSICS.iter().enumerate() {
        let body = ptx.split(&format!(".entry k{index}(")).nth(1).unwrap_or("no such kernel");
        let body = body.split("// -- End function").next().unwrap_or(body);
        contains(code, body, expected)?;
    }
    // The host pass must accept the same bodies.
    bench.succeed(&["nvcc", "-E", "i.cu", "-o", "i.ii"]).map(|_| ())
}

fn headers() -> Result<Vec<String>, String> {
    let folder = crate::bench::toolkit()?.join("include");
    let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?.flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".h"));
    names.sort();
    Ok(names)
}

/// Each header, included alone and twice, in a CUDA source and in a C++ one.
fn standalone() -> Result<(), String> {
    let bench = Bench::new(&[])?;
    let mut line = Vec::new();
    for name in headers()? {
        let source = format!("#include <{name}>\n#include <{name}>\n");
        bench.write(&format!("{name}.cu"), &source)?;
        bench.write(&format!("{name}.cpp"), &source)?;
        line.extend([format!("{name}.cu"), format!("{name}.cpp")]);
    }
    let mut words = vec!["nvcc", "-MM"];
    words.extend(line.iter().map(String::as_str));
    bench.succeed(&words)?;
    let cpp: Vec<&str> = line.iter().filter(|name| name.ends_with(".cpp")).map(String::as_str).collect();
    bench
        .succeed(
            &[&["nvcc", "-c", "-Xcompiler", "-Wall", "-Werror", "all-warnings"], cpp.as_slice()].concat(),
        )
        .map(|_| ())
}

fn hosts() -> Result<(), String> {
    let source = "#include <cuda_runtime_api.h>\n#include <vector_functions.h>\n\
                  int use(void) { struct cudaDeviceProp p; void* q; float4 v = make_float4(1, 2, 3, 4); (void)v; p.major = 0;\n\
                  return p.major + (cudaMalloc(&q, 4) == cudaErrorMemoryAllocation) + (int)cudaMemcpy(q, q, 4, cudaMemcpyDefault); }\n";
    let bench = Bench::new(&[("c.c", source), ("cpp.cpp", source)])?;
    let answer = bench.succeed(&["nvcc", "-c", "-Xcompiler", "-Wall,-Wextra", "c.c", "cpp.cpp"])?;
    same("warnings", "", &answer.stderr)
}

/// Numbers of the CUDA documentation's list, a few of each hundred.
fn error_numbers() -> Result<(), String> {
    let table = [
        ("cudaErrorInvalidValue", 1),
        ("cudaErrorMemoryAllocation", 2),
        ("cudaErrorInvalidConfiguration", 9),
        ("cudaErrorInvalidSymbol", 13),
        ("cudaErrorInvalidMemcpyDirection", 21),
        ("cudaErrorInsufficientDriver", 35),
        ("cudaErrorDevicesUnavailable", 46),
        ("cudaErrorMissingConfiguration", 52),
        ("cudaErrorInvalidDeviceFunction", 98),
        ("cudaErrorNoDevice", 100),
        ("cudaErrorInvalidDevice", 101),
        ("cudaErrorNoKernelImageForDevice", 209),
        ("cudaErrorInvalidPtx", 218),
        ("cudaErrorInvalidResourceHandle", 400),
        ("cudaErrorSymbolNotFound", 500),
        ("cudaErrorNotReady", 600),
        ("cudaErrorIllegalAddress", 700),
        ("cudaErrorLaunchOutOfResources", 701),
        ("cudaErrorPeerAccessAlreadyEnabled", 704),
        ("cudaErrorAssert", 710),
        ("cudaErrorLaunchFailure", 719),
        ("cudaErrorCooperativeLaunchTooLarge", 720),
        ("cudaErrorNotSupported", 801),
        ("cudaErrorStreamCaptureUnsupported", 900),
        ("cudaErrorGraphExecUpdateFailure", 910),
        ("cudaErrorUnknown", 999),
        ("cudaDevAttrWarpSize", 10),
        ("cudaDevAttrMultiProcessorCount", 16),
        ("cudaDevAttrComputeCapabilityMajor", 75),
        ("cudaDevAttrCooperativeLaunch", 95),
    ];
    let mut source = String::new();
    for (name, number) in table {
        source.push_str(&format!("static_assert({name} == {number}, \"{name}\");\n"));
    }
    let bench = Bench::new(&[("e.cu", &source)])?;
    bench.succeed(&["nvcc", "-c", "e.cu"]).map(|_| ())
}

fn standards() -> Result<(), String> {
    let source = "#include <algorithm>\n#include <cmath>\n#include <complex>\n#include <functional>\n#include <iostream>\n\
                  #include <map>\n#include <memory>\n#include <numeric>\n#include <random>\n#include <string>\n#include <thread>\n\
                  #include <tuple>\n#include <vector>\n\
                  __global__ void k(float* f) { f[0] = std::sqrt(f[1]) + std::abs(f[2]) + std::max(f[3], f[4]) + std::pow(f[5], 2.0f)\n\
                  + std::fma(f[6], f[7], f[8]) + std::isnan(f[9]) + std::min(1, 2) + std::floor(f[3]); }\n\
                  int main() { std::vector<int> v{3, 1, 2}; std::sort(v.begin(), v.end()); auto p = std::make_shared<int>(v[0]);\n\
                  k<<<dim3(1), dim3(32), 0, 0>>>(nullptr); return *p - 1; }\n";
    let bench = Bench::new(&[("s.cu", source)])?;
    for standard in ["-std=c++11", "-std=c++14", "-std=c++17", "-std=c++20"] {
        let answer = bench.succeed(&["nvcc", standard, "-c", "s.cu"])?;
        same(&format!("messages of {standard}"), "", &answer.stderr)?;
    }
    bench.succeed(&["nvcc", "-std=c++17", "-G", "-g", "-c", "s.cu"]).map(|_| ())
}

fn layouts() -> Result<(), String> {
    let table = [
        ("float3", 12, 4),
        ("float4", 16, 16),
        ("double2", 16, 16),
        ("double3", 24, 8),
        ("double4", 32, 16),
        ("char3", 3, 1),
        ("char4", 4, 4),
        ("short2", 4, 4),
        ("int2", 8, 8),
        ("longlong4", 32, 16),
        ("dim3", 12, 4),
        ("uint3", 12, 4),
        ("cudaDeviceProp", 1032, 8),
        ("cudaPointerAttributes", 24, 8),
        ("cudaIpcMemHandle_t", 64, 1),
        ("cudaMemcpy3DParms", 160, 8),
        ("cudaExtent", 24, 8),
        ("cudaChannelFormatDesc", 20, 4),
        ("cudaTextureDesc", 72, 4),
        ("cudaResourceDesc", 64, 8),
        ("cudaLaunchAttribute", 72, 8),
        ("cudaLaunchConfig_t", 56, 8),
        ("cudaFuncAttributes", 144, 8),
    ];
    let mut source = String::new();
    for (name, size, align) in table {
        source.push_str(&format!(
            "static_assert(sizeof({name}) == {size} && alignof({name}) == {align}, \"{name}\");\n"
        ));
    }
    let bench = Bench::new(&[("l.cu", &source)])?;
    bench.succeed(&["nvcc", "-c", "l.cu"]).map(|_| ())
}
