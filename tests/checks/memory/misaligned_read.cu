//! check = "memory"
//! flags = ["-Xptxas", "--check-marks"]
// A number is read from the second byte of a buffer.
#include "../check.h"

__global__ void parse(const unsigned char* bytes, int* out) { *out = *reinterpret_cast<const int*>(bytes + 1); } // finding: memory: misaligned read of 4 bytes

int main()
{
    parse<<<1, 1>>>(zeroed<unsigned char>(64), zeroed<int>(1));
    return finish();
}
