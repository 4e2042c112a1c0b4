// What device code and the runtime share for the system calls of a kernel: printf, assert, malloc.
// The runtime keeps one block a context in host memory that the device can reach, and puts its address where code object
// version 5 has the pointer for calls of the host. runtime/core/src/system_calls/block.rs has the same layout; a change
// here is a change there.
#pragma once

typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef int int32_t;
typedef unsigned long uint64_t;
typedef long int64_t;

#define GLOBAL __attribute__((address_space(1)))
#define CONSTANT __attribute__((address_space(4)))

// A call, not copies: what a kernel prints or allocates now and then must not cost the rest of it registers.
#define SYSTEM_CALL __attribute__((noinline))

typedef GLOBAL uint64_t global_word;

// Offset of `hidden_hostcall_buffer` in the implicit arguments.
#define BLOCK_POINTER 80

typedef struct
{
    uint64_t ring;      // address of the ring of records: words of 8 bytes
    uint64_t ring_size; // its bytes, a power of two
    uint64_t heap;      // address of the heap's header, 0 where there is none
    uint32_t asserted;  // set by the first assertion that fails
    uint32_t reserved;
    uint64_t apart[4]; // the counter has a cache line of its own
    uint64_t written;  // bytes that records have taken since the ring was made
} system_block;

// Kinds of records.
enum
{
    RECORD_PRINT = 0,
    RECORD_ASSERT = 1,
};

static inline GLOBAL system_block* find_block(void)
{
    CONSTANT const uint8_t* arguments = (CONSTANT const uint8_t*)__builtin_amdgcn_implicitarg_ptr();
    return (GLOBAL system_block*)*(CONSTANT const uint64_t*)(arguments + BLOCK_POINTER);
}
