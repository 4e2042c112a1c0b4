// Copies of every kind: between host and device, pinned and pageable, of odd sizes and offsets, in rows and boxes, and the fills.
#include "check.h"

#include <numeric>

static std::vector<unsigned char> bytes(size_t count, unsigned seed)
{
    std::vector<unsigned char> values(count);
    for (size_t i = 0; i < count; ++i) { values[i] = static_cast<unsigned char>(mixed(seed + i)); }
    return values;
}

/// There and back by way of another buffer, `count` bytes at offset `from` to offset `to`.
static void roundTrip(size_t count, size_t from, size_t to)
{
    const auto                 in = bytes(count, count * 7 + from);
    std::vector<unsigned char> out(count);
    unsigned char*             a = nullptr;
    unsigned char*             b = nullptr;
    HIP(hipMalloc(&a, count + from));
    HIP(hipMalloc(&b, count + to));
    HIP(hipMemcpy(a + from, in.data(), count, hipMemcpyHostToDevice));
    HIP(hipMemcpy(b + to, a + from, count, hipMemcpyDeviceToDevice));
    HIP(hipMemcpy(out.data(), b + to, count, hipMemcpyDefault));
    REQUIRE(out == in, "%zu bytes from %zu to %zu", count, from, to);
    HIP(hipFree(a));
    HIP(hipFree(b));
}

static void rectangles()
{
    const size_t width = 37, height = 11, hostPitch = 64;
    const auto   in = bytes(hostPitch * height, 3);
    std::vector<unsigned char> out(hostPitch * height, 0);
    void*                      device = nullptr;
    const size_t               pitch  = 80;
    // The runtime refuses hipMallocPitch and hipMalloc3D on a device without images, as this one is.
    HIP(hipMalloc(&device, pitch * height));
    HIP(hipMemset2D(device, pitch, 0x5a, width, height));
    HIP(hipMemcpy2D(out.data(), hostPitch, device, pitch, width, height, hipMemcpyDeviceToHost));
    for (size_t i = 0; i < out.size(); ++i)
    {
        REQUIRE(out[i] == (i % hostPitch < width ? 0x5a : 0), "filled byte %zu is %d", i, out[i]);
    }
    HIP(hipMemcpy2D(device, pitch, in.data() + 5, hostPitch, width, height, hipMemcpyHostToDevice));
    HIP(hipMemcpy2DAsync(out.data(), hostPitch, device, pitch, width, height, hipMemcpyDeviceToHost, nullptr));
    HIP(hipDeviceSynchronize());
    for (size_t y = 0; y < height; ++y)
    {
        REQUIRE(std::memcmp(&out[y * hostPitch], &in[y * hostPitch + 5], width) == 0, "row %zu", y);
    }
    HIP(hipFree(device));
}

static void boxes()
{
    const size_t  width = 20, height = 6, depth = 4;
    const auto    in = bytes(width * height * depth, 11);
    void*         memory = nullptr;
    HIP(hipMalloc(&memory, 32 * height * depth));
    const hipPitchedPtr device = make_hipPitchedPtr(memory, 32, width, height);
    hipMemcpy3DParms up{};
    up.srcPtr = make_hipPitchedPtr(const_cast<unsigned char*>(in.data()), width, width, height);
    up.dstPtr = device;
    up.extent = make_hipExtent(width, height, depth);
    up.kind   = hipMemcpyHostToDevice;
    HIP(hipMemcpy3D(&up));
    // The inner box alone comes back.
    std::vector<unsigned char> out(in.size(), 0);
    hipMemcpy3DParms           down{};
    down.srcPtr = device;
    down.srcPos = make_hipPos(3, 1, 1);
    down.dstPtr = make_hipPitchedPtr(out.data(), width, width, height);
    down.dstPos = make_hipPos(3, 1, 1);
    down.extent = make_hipExtent(width - 5, height - 2, depth - 2);
    down.kind   = hipMemcpyDeviceToHost;
    HIP(hipMemcpy3D(&down));
    for (size_t i = 0; i < out.size(); ++i)
    {
        const size_t x = i % width, y = i / width % height, z = i / width / height;
        const bool   inner = x >= 3 && x < width - 2 && y >= 1 && y < height - 1 && z >= 1 && z < depth - 1;
        REQUIRE(out[i] == (inner ? in[i] : 0), "byte %zu %zu %zu", x, y, z);
    }
    HIP(hipFree(memory));
}

static void fills()
{
    std::vector<unsigned short> out(1003);
    unsigned short*             device = nullptr;
    HIP(hipMalloc(&device, out.size() * 2));
    HIP(hipMemset(device, 0x11, out.size() * 2));
    HIP(hipMemsetD16(device + 1, 0xbeef, 1001));
    // Eight bytes: HIP 5.2 fills everything after a buffer when it begins within eight bytes and ends there.
    HIP(hipMemsetD8(device + 4, 0x22, 8));
    HIP(hipMemcpy(out.data(), device, out.size() * 2, hipMemcpyDeviceToHost));
    for (int i = 0; i < 1003; ++i)
    {
        const int expected = i == 0 || i == 1002 ? 0x1111 : i >= 4 && i < 8 ? 0x2222 : 0xbeef;
        REQUIRE(out[i] == expected, "element %d is %x", i, out[i]);
    }
    HIP(hipFree(device));
}

int main()
{
    for (size_t count : { 1, 3, 64, 255, 4096, 65537, 3000001 })
    {
        for (size_t from : { 0, 1, 13 }) { roundTrip(count, from, (from * 5 + 3) % 7); }
    }
    rectangles();
    boxes();
    fills();
    return ok();
}
