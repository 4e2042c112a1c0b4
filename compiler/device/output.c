// Device printf and assert: records in a ring that the host reads, formats and prints when it next synchronises.
//
// A record is
//     u64 mark      position ^ MARK, written last: the record is whole
//     u32 size      of everything, a multiple of 16;  u32 kind
//     u32 format    bytes of the format;              u32 arguments  bytes of the arguments
//     arguments, as the caller packed them; the format; for each %s its length (all ones for a null pointer) and bytes
// each part padded to 8 bytes. A position counts bytes since the ring was made, so a reader knows a whole record from
// one that is half overwritten: when the ring is full, what is oldest goes. No thread waits for another.
//
// Both sides go over the format with the same grammar: %[-+ #0]*(digits|*)?(.(digits|*)?)?(hh|h|l|ll|q|L|j|z|t)?letter.
#include "block.h"

#define MARK 0x57617665666f6c64
#define NULL_STRING 0xffffffffffffffff
// A string is cut here, far above what CUDA's buffer holds by default.
#define LONGEST_STRING 65536
// What `printf` returns when nothing could be written.
#define FAILED (-2)

// What one conversion takes from the arguments.
typedef enum
{
    NOTHING,
    WORD,
    LONG,
    STRING,
} taken;

typedef struct
{
    taken argument;
    uint32_t stars;       // `*`s, each an int before the argument
    int star_precision;   // the last of them is the precision
    int64_t precision;    // -1: none
} conversion;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Reads a conversion whose first character is `at`; gives the place of its last character, or of the terminating zero.
static const char* read_conversion(const char* at, conversion* out)
{
    out->stars = 0;
    out->star_precision = 0;
    out->precision = -1;
    out->argument = NOTHING;
    while (*at == '-' || *at == '+' || *at == ' ' || *at == '#' || *at == '0') { ++at; }
    if (*at == '*')
    {
        ++out->stars;
        ++at;
    }
    while (is_digit(*at)) { ++at; }
    if (*at == '.')
    {
        ++at;
        out->precision = 0;
        if (*at == '*')
        {
            ++out->stars;
            out->star_precision = 1;
            ++at;
        }
        while (is_digit(*at))
        {
            if (out->precision < LONGEST_STRING) { out->precision = out->precision * 10 + (*at - '0'); }
            ++at;
        }
    }
    int is_long = 0;
    for (;; ++at)
    {
        if (*at == 'l' || *at == 'q' || *at == 'j' || *at == 'z' || *at == 't') { is_long = 1; }
        else if (*at != 'h' && *at != 'L') { break; }
    }
    switch (*at)
    {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': out->argument = is_long ? LONG : WORD; break;
    case 'c': out->argument = WORD; break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
    case 'p':
    case 'n': out->argument = LONG; break;
    case 's': out->argument = STRING; break;
    default: break;
    }
    return at;
}

// Where a walk over the arguments stands.
typedef struct
{
    const uint8_t* arguments;
    uint32_t offset;
    uint32_t count;
} cursor;

// Takes what a conversion takes; gives the place of its string and the string's limit, or null.
static const char* take(cursor* at, const conversion* what, int64_t* limit)
{
    *limit = what->precision;
    for (uint32_t star = 0; star < what->stars; ++star)
    {
        at->offset = (at->offset + 3) & ~3u;
        if (star + 1 == what->stars && what->star_precision) { *limit = *(const int32_t*)(at->arguments + at->offset); }
        at->offset += 4;
        ++at->count;
    }
    const uint32_t size = what->argument == NOTHING ? 0 : what->argument == WORD ? 4 : 8;
    if (size == 0) { return 0; }
    at->offset = (at->offset + size - 1) & ~(size - 1);
    const uint8_t* place = at->arguments + at->offset;
    at->offset += size;
    ++at->count;
    return what->argument == STRING ? (const char*)*(const uint64_t*)place : 0;
}

static uint64_t string_length(const char* text, int64_t limit)
{
    const uint64_t most = limit < 0 || limit > LONGEST_STRING ? LONGEST_STRING : (uint64_t)limit;
    uint64_t length = 0;
    while (length < most && text[length] != 0) { ++length; }
    return length;
}

static uint64_t padded(uint64_t bytes)
{
    return (bytes + 7) & ~7ul;
}

// A record being written.
typedef struct
{
    global_word* ring;
    uint64_t mask;  // of byte positions
    uint64_t start; // position of the mark
    uint64_t next;  // position of the next word
} record;

static void put(record* to, uint64_t word)
{
    to->ring[(to->next & to->mask) >> 3] = word;
    to->next += 8;
}

static void put_bytes(record* to, const uint8_t* from, uint64_t length)
{
    for (uint64_t done = 0; done < length; done += 8)
    {
        uint64_t word = 0;
        for (uint64_t byte = 0; byte < 8 && done + byte < length; ++byte)
        {
            word |= (uint64_t)from[done + byte] << (8 * byte);
        }
        put(to, word);
    }
}

static void put_string(record* to, const char* text, int64_t limit)
{
    if (text == 0)
    {
        put(to, NULL_STRING);
        return;
    }
    const uint64_t length = string_length(text, limit);
    put(to, length);
    put_bytes(to, (const uint8_t*)text, length);
}

// Reserves a record for `body` bytes behind its header and writes the header; 0 where it does not fit.
static int begin(record* out, GLOBAL system_block* block, uint32_t kind, uint64_t format, uint64_t arguments, uint64_t body)
{
    if (block == 0 || block->ring == 0) { return 0; }
    const uint64_t size = (24 + body + 15) & ~15ul;
    if (size > block->ring_size / 2) { return 0; }
    out->ring = (global_word*)block->ring;
    out->mask = block->ring_size - 1;
    // The counter is fine-grained memory of the host's.
    [[clang::atomic(remote_memory, fine_grained_memory)]]
    {
        out->start = __scoped_atomic_fetch_add(&block->written, size, __ATOMIC_RELAXED, __MEMORY_SCOPE_SYSTEM);
    }
    out->next = out->start + 8;
    put(out, size | (uint64_t)kind << 32);
    put(out, format | arguments << 32);
    return 1;
}

static void finish(const record* written)
{
    __scoped_atomic_store_n(written->ring + ((written->start & written->mask) >> 3), written->start ^ MARK, __ATOMIC_RELEASE,
                            __MEMORY_SCOPE_SYSTEM);
}

// `vprintf` of CUDA's device code: the number of arguments, -1 for no format, -2 where there is no room.
SYSTEM_CALL int32_t __wavefold_vprintf(uint64_t format_address, uint64_t arguments_address)
{
    const char* format = (const char*)format_address;
    if (format == 0) { return -1; }
    conversion found;
    int64_t limit;
    cursor at = {(const uint8_t*)arguments_address, 0, 0};
    uint64_t strings = 0;
    const char* end = format;
    for (; *end != 0; ++end)
    {
        if (*end != '%') { continue; }
        end = read_conversion(end + 1, &found);
        const char* text = take(&at, &found, &limit);
        if (found.argument == STRING) { strings += 8 + (text == 0 ? 0 : padded(string_length(text, limit))); }
        if (*end == 0) { break; }
    }
    const uint64_t format_length = (uint64_t)(end - format);
    const uint64_t body = padded(at.offset) + padded(format_length) + strings;
    record to;
    if (!begin(&to, find_block(), RECORD_PRINT, format_length, at.offset, body)) { return FAILED; }
    // The caller's arguments are aligned to 8 bytes, but need not fill their last word.
    put_bytes(&to, at.arguments, at.offset);
    put_bytes(&to, (const uint8_t*)format, format_length);
    if (strings != 0)
    {
        cursor again = {at.arguments, 0, 0};
        for (const char* place = format; *place != 0; ++place)
        {
            if (*place != '%') { continue; }
            place = read_conversion(place + 1, &found);
            const char* text = take(&again, &found, &limit);
            if (found.argument == STRING) { put_string(&to, text, limit); }
            if (*place == 0) { break; }
        }
    }
    finish(&to);
    return (int32_t)at.count;
}

// `__assertfail`: tells the host, and ends the kernel. `x`, `y` and `z` are CUDA's thread.
SYSTEM_CALL __attribute__((cold)) void __wavefold_assertfail(uint64_t message, uint64_t file, uint32_t line, uint64_t function,
                                                            uint32_t x, uint32_t y, uint32_t z)
{
    GLOBAL system_block* block = find_block();
    const uint64_t texts[3] = {message, file, function};
    uint64_t strings = 0;
    for (int i = 0; i < 3; ++i)
    {
        const char* text = (const char*)texts[i];
        strings += 8 + (text == 0 ? 0 : padded(string_length(text, -1)));
    }
    record to;
    if (begin(&to, block, RECORD_ASSERT, 0, 32, 32 + strings))
    {
        put(&to, line | (uint64_t)__builtin_amdgcn_workgroup_id_x() << 32);
        put(&to, __builtin_amdgcn_workgroup_id_y() | (uint64_t)__builtin_amdgcn_workgroup_id_z() << 32);
        put(&to, x | (uint64_t)y << 32);
        put(&to, z);
        for (int i = 0; i < 3; ++i) { put_string(&to, (const char*)texts[i], -1); }
        finish(&to);
    }
    if (block != 0) { __scoped_atomic_store_n(&block->asserted, 1, __ATOMIC_RELEASE, __MEMORY_SCOPE_SYSTEM); }
    __builtin_trap();
}
