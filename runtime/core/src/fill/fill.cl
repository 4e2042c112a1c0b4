// Fills rows of bytes with a 32-bit pattern that is aligned to the address space: the byte at address a is byte a & 3 of
// the pattern. Work-group (x, y) takes 4 KiB pieces x, x + groups.x, ... of rows y, y + groups.y, ...
__kernel __attribute__((reqd_work_group_size(256, 1, 1)))
void wavefold_fill(ulong base, ulong pitch, ulong width, uint rows, uint pattern, uint2 groups)
{
    const uint4 vector = (uint4)(pattern);
    const ulong lane = (ulong)__builtin_amdgcn_workgroup_id_x() * 256 + __builtin_amdgcn_workitem_id_x();
    const ulong step = (ulong)groups.x * 4096;
    for (ulong row = __builtin_amdgcn_workgroup_id_y(); row < rows; row += groups.y) {
        const ulong start = base + row * pitch;
        const ulong end = start + width;
        for (ulong at = (start & ~15ul) + lane * 16; at < end; at += step) {
            if (at >= start && end - at >= 16) {
                *(__global uint4 *)at = vector;
            } else {
                const ulong from = at < start ? start : at;
                const ulong to = end - at < 16 ? end : at + 16;
                #pragma clang loop unroll(disable) vectorize(disable)
                for (ulong byte = from; byte < to; byte++)
                    *(__global uchar *)byte = (uchar)(pattern >> ((uint)(byte & 3) * 8));
            }
        }
    }
}
