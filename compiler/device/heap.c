// The device heap: malloc and free for kernels, without a lock.
//
// The heap is a row of chunks of 16 KiB. A chunk serves blocks of one size (a class), or is part of a run of chunks that
// serves one large block. `claims` has a bit for each chunk in use; `states` says what a chunk is for and how many of its
// blocks are taken or about to be; `blocks` has a bit for each block of each chunk.
//
// Lanes of a wavefront run in step, so nobody may wait for what another lane does later. Nobody does: a loop here goes
// round again only when some other thread's operation succeeded. The one word that decides is a chunk's state: a
// block may be looked for only with a reservation in the count, and while the count is not zero the class stays. A thread
// with a reservation always finds a bit, because a bit is set after its reservation and cleared before the reservation
// is given back. Lanes of a wavefront that want the same class reserve together.
#include "block.h"

#define CHUNK_SHIFT 14
#define CHUNK (1ul << CHUNK_SHIFT)
// Words of `blocks` for a chunk: a bit for each of 1024 blocks of 16 bytes.
#define BLOCK_WORDS 16
// How many chunks behind the hint are looked at before a free chunk is taken.
#define NEARBY 32
#define CLASSES 32

// The upper half of a chunk's state: 0 for none, a class plus one, or one of these.
#define TAG_LARGE 0x1000u
#define TAG_RELEASING 0x2000u

typedef struct
{
    uint64_t chunks;       // how many
    uint64_t base;         // address of the first, a multiple of the chunk's size
    uint64_t claims;       // address of ceil(chunks / 64) words; the bits behind the last chunk are set
    uint64_t states;       // address of a word for each chunk: tag << 32 | count
    uint64_t blocks;       // address of BLOCK_WORDS words for each chunk
    uint64_t next;         // where the search for a free chunk begins
    uint32_t hint[CLASSES]; // for each class, a chunk that probably has room
} heap_header;

typedef GLOBAL heap_header heap;

static uint64_t load(global_word* place)
{
    return __scoped_atomic_load_n(place, __ATOMIC_ACQUIRE, __MEMORY_SCOPE_DEVICE);
}

static int exchange(global_word* place, uint64_t expected, uint64_t wanted)
{
    return __scoped_atomic_compare_exchange_n(place, &expected, wanted, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE,
                                              __MEMORY_SCOPE_DEVICE);
}

static void store(global_word* place, uint64_t value)
{
    __scoped_atomic_store_n(place, value, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
}

static heap* find_heap(void)
{
    GLOBAL system_block* block = find_block();
    return block == 0 ? 0 : (heap*)block->heap;
}

static global_word* state_of(heap* h, uint64_t chunk)
{
    return (global_word*)h->states + chunk;
}

// Classes 0 to 7 are multiples of 16 up to 128; then four to a doubling: 160, 192, 224, 256, 320, ... 8192.
static uint32_t class_of(uint64_t size)
{
    if (size <= 128) { return (uint32_t)((size + 15) / 16) - 1; }
    const uint32_t above = (uint32_t)size - 1;
    const uint32_t log = 31 - __builtin_clz(above); // 7 for 129 to 256
    return 8 + (log - 7) * 4 + ((above >> (log - 2)) & 3);
}

static uint32_t class_size(uint32_t class)
{
    if (class < 8) { return (class + 1) * 16; }
    const uint32_t step = class - 8;
    return (5 + (step & 3)) << (5 + (step >> 2));
}

static uint32_t class_capacity(uint32_t class)
{
    return (uint32_t)CHUNK / class_size(class);
}

// Claims the chunks of `mask` in one word; 0 if one of them is taken.
static int claim_word(heap* h, uint64_t word, uint64_t mask)
{
    global_word* place = (global_word*)h->claims + word;
    for (;;)
    {
        const uint64_t seen = load(place);
        if (seen & mask) { return 0; }
        if (exchange(place, seen, seen | mask)) { return 1; }
    }
}

static void unclaim_word(heap* h, uint64_t word, uint64_t mask)
{
    __scoped_atomic_fetch_and((global_word*)h->claims + word, ~mask, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
}

// The bits of chunks [first, first + count) that lie in `word`.
static uint64_t mask_in_word(uint64_t word, uint64_t first, uint64_t count)
{
    const uint64_t from = word * 64 > first ? word * 64 : first;
    const uint64_t end = word * 64 + 64 < first + count ? word * 64 + 64 : first + count;
    return (end - from == 64 ? ~0ul : (1ul << (end - from)) - 1) << (from & 63);
}

static void unclaim(heap* h, uint64_t first, uint64_t count)
{
    for (uint64_t word = first >> 6; word <= (first + count - 1) >> 6; ++word)
    {
        unclaim_word(h, word, mask_in_word(word, first, count));
    }
}

// Claims a run, words upwards: of two threads in each other's way the one that began higher gets on.
static int claim_run(heap* h, uint64_t first, uint64_t count)
{
    const uint64_t last = (first + count - 1) >> 6;
    for (uint64_t word = first >> 6; word <= last; ++word)
    {
        if (!claim_word(h, word, mask_in_word(word, first, count)))
        {
            if (word > first >> 6) { unclaim(h, first, word * 64 - first); }
            return 0;
        }
    }
    return 1;
}

// Any one free chunk, claimed; the number of chunks if there is none.
static uint64_t claim_chunk(heap* h)
{
    const uint64_t words = (h->chunks + 63) >> 6;
    uint64_t word = h->next < words ? h->next : 0;
    for (uint64_t tried = 0; tried < words; ++tried)
    {
        global_word* place = (global_word*)h->claims + word;
        for (;;)
        {
            const uint64_t seen = load(place);
            if (seen == ~0ul) { break; }
            const uint32_t bit = (uint32_t)__builtin_ctzl(~seen);
            if (exchange(place, seen, seen | 1ul << bit))
            {
                h->next = word;
                return word * 64 + bit;
            }
        }
        word = word + 1 == words ? 0 : word + 1;
    }
    return h->chunks;
}

// Takes up to `want` reservations in a chunk if it is of the class; gives how many, and the count before.
static uint32_t reserve_in(heap* h, uint64_t chunk, uint32_t class, uint32_t want, uint32_t* before)
{
    global_word* place = state_of(h, chunk);
    const uint32_t capacity = class_capacity(class);
    for (;;)
    {
        const uint64_t seen = load(place);
        const uint32_t count = (uint32_t)seen;
        if ((uint32_t)(seen >> 32) != class + 1 || count >= capacity) { return 0; }
        const uint32_t got = capacity - count < want ? capacity - count : want;
        if (exchange(place, seen, seen + got))
        {
            *before = count;
            return got;
        }
    }
}

// Reservations for up to `want` blocks of a class in one chunk; 0 when the heap has no room for any.
static uint32_t reserve(heap* h, uint32_t class, uint32_t want, uint64_t* chunk, uint32_t* before)
{
    const uint64_t chunks = h->chunks;
    const uint64_t start = h->hint[class] < chunks ? h->hint[class] : 0;
    uint64_t at = start;
    const uint64_t near = chunks < NEARBY ? chunks : NEARBY;
    for (uint64_t tried = 0; tried < chunks; ++tried)
    {
        if (tried == near)
        {
            // Rather than looking on for long, begin a new chunk.
            const uint64_t fresh = claim_chunk(h);
            if (fresh < chunks)
            {
                const uint32_t capacity = class_capacity(class);
                const uint32_t got = capacity < want ? capacity : want;
                global_word* blocks = (global_word*)h->blocks + fresh * BLOCK_WORDS;
                for (uint32_t word = 0; word < BLOCK_WORDS; ++word) { blocks[word] = 0; }
                h->hint[class] = (uint32_t)fresh;
                store(state_of(h, fresh), (uint64_t)(class + 1) << 32 | got);
                *chunk = fresh;
                *before = 0;
                return got;
            }
        }
        const uint32_t got = reserve_in(h, at, class, want, before);
        if (got != 0)
        {
            if (at != start) { h->hint[class] = (uint32_t)at; }
            *chunk = at;
            return got;
        }
        at = at + 1 == chunks ? 0 : at + 1;
    }
    return 0;
}

// A free block of a chunk in which the caller has a reservation; `near` is where it probably is.
static uint32_t claim_block(heap* h, uint64_t chunk, uint32_t class, uint32_t near)
{
    const uint32_t capacity = class_capacity(class);
    const uint32_t words = (capacity + 63) >> 6;
    global_word* blocks = (global_word*)h->blocks + chunk * BLOCK_WORDS;
    uint32_t word = (near >> 6) < words ? near >> 6 : 0;
    for (;;)
    {
        const uint64_t inside = word + 1 == words && (capacity & 63) != 0 ? (1ul << (capacity & 63)) - 1 : ~0ul;
        const uint64_t open = ~load(blocks + word) & inside;
        if (open != 0)
        {
            // The bit meant for this lane if it is open, else any.
            const uint64_t own = 1ul << (near & 63);
            const uint64_t bit = (open & own) != 0 && word == near >> 6 ? own : open & -open;
            const uint64_t old =
                __scoped_atomic_fetch_or(blocks + word, bit, __ATOMIC_ACQ_REL, __MEMORY_SCOPE_DEVICE);
            if ((old & bit) == 0) { return word * 64 + (uint32_t)__builtin_ctzl(bit); }
            continue;
        }
        word = word + 1 == words ? 0 : word + 1;
    }
}

static uint64_t allocate_small(heap* h, uint32_t class)
{
    uint64_t result = 0;
    int served = 0;
    while (!served)
    {
        const uint32_t leading = (uint32_t)__builtin_amdgcn_readfirstlane((int)class);
        if (class == leading)
        {
            const uint64_t lanes = __builtin_amdgcn_ballot_w64(1);
            const uint32_t rank =
                __builtin_amdgcn_mbcnt_hi((uint32_t)(lanes >> 32), __builtin_amdgcn_mbcnt_lo((uint32_t)lanes, 0));
            uint64_t chunk = 0;
            uint32_t before = 0;
            uint32_t got = 0;
            if (rank == 0) { got = reserve(h, leading, (uint32_t)__builtin_popcountl(lanes), &chunk, &before); }
            got = (uint32_t)__builtin_amdgcn_readfirstlane((int)got);
            before = (uint32_t)__builtin_amdgcn_readfirstlane((int)before);
            chunk = (uint32_t)__builtin_amdgcn_readfirstlane((int)chunk);
            if (rank < got)
            {
                const uint32_t block = claim_block(h, chunk, leading, before + rank);
                result = h->base + (chunk << CHUNK_SHIFT) + (uint64_t)block * class_size(leading);
            }
            served = rank < got || got == 0;
        }
    }
    return result;
}

static uint64_t allocate_large(heap* h, uint64_t size)
{
    const uint64_t count = (size + CHUNK - 1) >> CHUNK_SHIFT;
    if (count > h->chunks) { return 0; }
    for (;;)
    {
        uint64_t run = 0;
        int lost = 0;
        for (uint64_t chunk = 0; chunk < h->chunks; ++chunk)
        {
            const uint64_t seen = load((global_word*)h->claims + (chunk >> 6));
            if (seen == ~0ul)
            {
                run = 0;
                chunk |= 63;
                continue;
            }
            run = (seen >> (chunk & 63) & 1) != 0 ? 0 : run + 1;
            if (run < count) { continue; }
            const uint64_t first = chunk + 1 - count;
            if (claim_run(h, first, count))
            {
                store(state_of(h, first), (uint64_t)TAG_LARGE << 32 | count);
                return h->base + (first << CHUNK_SHIFT);
            }
            lost = 1;
            run = 0;
        }
        // Another thread got, or held for a moment, what was free; otherwise there is no room.
        if (!lost) { return 0; }
    }
}

static uint64_t allocate(uint64_t size)
{
    heap* h = find_heap();
    if (h == 0 || h->chunks == 0 || size == 0) { return 0; }
    return size <= CHUNK / 2 ? allocate_small(h, class_of(size)) : allocate_large(h, size);
}

SYSTEM_CALL uint64_t __wavefold_malloc(uint64_t size)
{
    return allocate(size);
}

// A power of two as size makes the block's address a multiple of it, up to the size of a chunk.
SYSTEM_CALL uint64_t __wavefold_aligned_malloc(uint64_t size, uint64_t alignment)
{
    if (alignment <= 16) { return allocate(size); }
    if (alignment > CHUNK || (alignment & (alignment - 1)) != 0 || size == 0) { return 0; }
    if (size <= alignment) { return allocate(alignment); }
    if (size > CHUNK / 2) { return allocate(size); }
    return allocate(1ul << (64 - __builtin_clzl(size - 1)));
}

SYSTEM_CALL void __wavefold_free(uint64_t address)
{
    heap* h = find_heap();
    // What the heap did not give out is left alone.
    if (h == 0 || address < h->base || address >= h->base + (h->chunks << CHUNK_SHIFT)) { return; }
    const uint64_t offset = address - h->base;
    const uint64_t chunk = offset >> CHUNK_SHIFT;
    const uint32_t inside = (uint32_t)(offset & (CHUNK - 1));
    global_word* place = state_of(h, chunk);
    uint64_t seen = load(place);
    const uint32_t tag = (uint32_t)(seen >> 32);
    if (tag == TAG_LARGE)
    {
        if (inside == 0 && exchange(place, seen, 0)) { unclaim(h, chunk, (uint32_t)seen); }
        return;
    }
    if (tag == 0 || tag > CLASSES) { return; }
    const uint32_t size = class_size(tag - 1);
    const uint32_t block = inside / size;
    if (block * size != inside || block >= class_capacity(tag - 1)) { return; }
    const uint64_t bit = 1ul << (block & 63);
    const uint64_t old = __scoped_atomic_fetch_and((global_word*)h->blocks + chunk * BLOCK_WORDS + (block >> 6), ~bit,
                                                   __ATOMIC_ACQ_REL, __MEMORY_SCOPE_DEVICE);
    if ((old & bit) == 0) { return; }
    // The reservation goes back; the last one takes the chunk with it.
    for (;;)
    {
        seen = load(place);
        const uint32_t count = (uint32_t)seen;
        const uint64_t wanted = count == 1 ? (uint64_t)TAG_RELEASING << 32 : seen - 1;
        if (!exchange(place, seen, wanted)) { continue; }
        if (count == 1)
        {
            store(place, 0);
            unclaim_word(h, chunk >> 6, 1ul << (chunk & 63));
        }
        else { h->hint[tag - 1] = (uint32_t)chunk; }
        return;
    }
}
