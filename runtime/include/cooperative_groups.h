// Cooperative groups: named sets of threads that synchronise and exchange values.
// Blocks, grids (for kernels launched with cudaLaunchCooperativeKernel), tiles of 1 to 32 threads, and coalesced groups. For
// kernels only; C++11 and later. Collective functions must be called by every thread of the group, as in CUDA.
#pragma once

#include "cuda_runtime.h"

#if defined(__cplusplus) && defined(__CUDA__)

#define __WAVEFOLD_CG static __device__ __forceinline__
#define __WAVEFOLD_CG_MEMBER __device__ __forceinline__

namespace cooperative_groups {

namespace details {

struct grid_workspace {
    unsigned int size;
    unsigned int barrier;
};

// The driver gives a cooperative launch a workspace; its address comes in two environment registers, null otherwise.
__WAVEFOLD_CG grid_workspace *workspace() {
    unsigned int high, low;
    asm("mov.u32 %0, %%envreg1;" : "=r"(high));
    asm("mov.u32 %0, %%envreg2;" : "=r"(low));
    return (grid_workspace *)((unsigned long long)high << 32 | low);
}

__WAVEFOLD_CG unsigned int lane() {
    unsigned int value;
    asm("mov.u32 %0, %%laneid;" : "=r"(value));
    return value;
}

__WAVEFOLD_CG unsigned int lanes_below() {
    unsigned int value;
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(value));
    return value;
}

__WAVEFOLD_CG unsigned int rank_in_block() {
    return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
}

__WAVEFOLD_CG unsigned int threads_of_block() { return blockDim.x * blockDim.y * blockDim.z; }

// A thread that waits lets others go first.
__WAVEFOLD_CG void step_back() {
#if __CUDA_ARCH__ >= 700
    asm volatile("nanosleep.u32 100;");
#endif
}

// The lane of the member with a rank.
__WAVEFOLD_CG unsigned int nth_lane(unsigned int mask, unsigned int rank) {
    for (; rank != 0; --rank) { mask &= mask - 1; }
    return __ffs((int)mask) - 1;
}

// Bits of a warp's ballot gathered to the members' ranks.
__WAVEFOLD_CG unsigned int pack(unsigned int bits, unsigned int mask) {
    unsigned int packed = 0;
    for (unsigned int rank = 0; mask != 0; mask &= mask - 1, ++rank) {
        packed |= (bits >> (__ffs((int)mask) - 1) & 1u) << rank;
    }
    return packed;
}

// A value of any copyable type from another lane.
template <class T> __WAVEFOLD_CG T from_lane(unsigned int mask, const T &value, unsigned int lane) {
    static_assert(sizeof(T) <= 32, "a value of at most 32 bytes");
    union Words {
        unsigned int words[(sizeof(T) + 3) / 4];
        T value;
        __WAVEFOLD_CG_MEMBER Words() {}
        __WAVEFOLD_CG_MEMBER ~Words() {}
    } data;
    memcpy(&data.value, &value, sizeof(T));
    for (unsigned int i = 0; i < (sizeof(T) + 3) / 4; ++i) {
        data.words[i] = __shfl_sync(mask, data.words[i], (int)lane);
    }
    T result = value;
    memcpy(&result, &data.value, sizeof(T));
    return result;
}

} // namespace details

// The grid: all threads of a cooperative launch.
class grid_group {
  public:
    __WAVEFOLD_CG_MEMBER bool is_valid() const { return details::workspace() != nullptr; }
    // Block 0 adds what flips the top bit when all others have added one each; the rest of the word is then zero again.
    __WAVEFOLD_CG_MEMBER void sync() const {
        __syncthreads();
        if (details::rank_in_block() == 0) {
            const unsigned int blocks = gridDim.x * gridDim.y * gridDim.z;
            const bool first = blockIdx.x == 0 && blockIdx.y == 0 && blockIdx.z == 0;
            volatile unsigned int *barrier = &details::workspace()->barrier;
            __threadfence();
            const unsigned int before = atomicAdd((unsigned int *)barrier, first ? 0x80000000u - (blocks - 1) : 1u);
            while (((*barrier ^ before) & 0x80000000u) == 0) { details::step_back(); }
            __threadfence();
        }
        __syncthreads();
    }
    static __WAVEFOLD_CG_MEMBER unsigned long long num_blocks() {
        return (unsigned long long)gridDim.x * gridDim.y * gridDim.z;
    }
    static __WAVEFOLD_CG_MEMBER unsigned long long num_threads() { return num_blocks() * details::threads_of_block(); }
    static __WAVEFOLD_CG_MEMBER unsigned long long size() { return num_threads(); }
    static __WAVEFOLD_CG_MEMBER unsigned long long block_rank() {
        return ((unsigned long long)blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    }
    static __WAVEFOLD_CG_MEMBER unsigned long long thread_rank() {
        return block_rank() * details::threads_of_block() + details::rank_in_block();
    }
    static __WAVEFOLD_CG_MEMBER dim3 group_dim() { return dim3(gridDim.x, gridDim.y, gridDim.z); }
    static __WAVEFOLD_CG_MEMBER dim3 dim_blocks() { return group_dim(); }
    static __WAVEFOLD_CG_MEMBER dim3 block_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
};

__WAVEFOLD_CG grid_group this_grid() { return grid_group(); }

// The threads of a block.
class thread_block {
  public:
    static __WAVEFOLD_CG_MEMBER void sync() { __syncthreads(); }
    static __WAVEFOLD_CG_MEMBER unsigned int num_threads() { return details::threads_of_block(); }
    static __WAVEFOLD_CG_MEMBER unsigned int size() { return num_threads(); }
    static __WAVEFOLD_CG_MEMBER unsigned int thread_rank() { return details::rank_in_block(); }
    static __WAVEFOLD_CG_MEMBER dim3 group_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
    static __WAVEFOLD_CG_MEMBER dim3 thread_index() { return dim3(threadIdx.x, threadIdx.y, threadIdx.z); }
    static __WAVEFOLD_CG_MEMBER dim3 group_dim() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
    static __WAVEFOLD_CG_MEMBER dim3 dim_threads() { return group_dim(); }
};

__WAVEFOLD_CG thread_block this_thread_block() { return thread_block(); }

// Threads of one warp, whichever: those active together, or a part of a larger group.
class coalesced_group {
  public:
    explicit __WAVEFOLD_CG_MEMBER coalesced_group(unsigned int mask) : mask_(mask) {}
    __WAVEFOLD_CG_MEMBER void sync() const { __syncwarp(mask_); }
    __WAVEFOLD_CG_MEMBER unsigned int num_threads() const { return __popc(mask_); }
    __WAVEFOLD_CG_MEMBER unsigned int size() const { return num_threads(); }
    __WAVEFOLD_CG_MEMBER unsigned int thread_rank() const { return __popc(mask_ & details::lanes_below()); }
    static __WAVEFOLD_CG_MEMBER unsigned int meta_group_size() { return 1; }
    static __WAVEFOLD_CG_MEMBER unsigned int meta_group_rank() { return 0; }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl(const T &value, unsigned int rank) const {
        return details::from_lane(mask_, value, details::nth_lane(mask_, rank % num_threads()));
    }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl_up(const T &value, unsigned int delta) const {
        const unsigned int rank = thread_rank();
        return details::from_lane(mask_, value, details::nth_lane(mask_, rank < delta ? rank : rank - delta));
    }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl_down(const T &value, unsigned int delta) const {
        const unsigned int rank = thread_rank();
        return details::from_lane(mask_, value,
                                  details::nth_lane(mask_, rank + delta < num_threads() ? rank + delta : rank));
    }
    __WAVEFOLD_CG_MEMBER int any(int condition) const { return __any_sync(mask_, condition); }
    __WAVEFOLD_CG_MEMBER int all(int condition) const { return __all_sync(mask_, condition); }
    __WAVEFOLD_CG_MEMBER unsigned int ballot(int condition) const {
        return details::pack(__ballot_sync(mask_, condition), mask_);
    }
    template <class T> __WAVEFOLD_CG_MEMBER unsigned int match_any(T value) const {
        return details::pack(__match_any_sync(mask_, value), mask_);
    }
    template <class T> __WAVEFOLD_CG_MEMBER unsigned int match_all(T value, int &same) const {
        return details::pack(__match_all_sync(mask_, value, &same), mask_);
    }

  private:
    unsigned int mask_;
};

__WAVEFOLD_CG coalesced_group coalesced_threads() { return coalesced_group(__activemask()); }

// Tiles of consecutive threads: a power of two, at most a warp.
template <unsigned int Size, class Parent = void> class thread_block_tile {
    static_assert(Size != 0 && Size <= 32 && (Size & (Size - 1)) == 0, "a tile has 1, 2, 4, 8, 16 or 32 threads");

  public:
    static __WAVEFOLD_CG_MEMBER void sync() { __syncwarp(mask()); }
    static constexpr __host__ __device__ unsigned int num_threads() { return Size; }
    static constexpr __host__ __device__ unsigned int size() { return Size; }
    static __WAVEFOLD_CG_MEMBER unsigned int thread_rank() { return details::lane() & (Size - 1); }
    static __WAVEFOLD_CG_MEMBER unsigned int meta_group_rank() { return details::rank_in_block() / Size; }
    static __WAVEFOLD_CG_MEMBER unsigned int meta_group_size() { return (details::threads_of_block() + Size - 1) / Size; }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl(const T &value, unsigned int rank) const {
        return details::from_lane(mask(), value, first() + (rank & (Size - 1)));
    }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl_up(const T &value, unsigned int delta) const {
        const unsigned int rank = thread_rank();
        return details::from_lane(mask(), value, first() + (rank < delta ? rank : rank - delta));
    }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl_down(const T &value, unsigned int delta) const {
        const unsigned int rank = thread_rank();
        return details::from_lane(mask(), value, first() + (rank + delta < Size ? rank + delta : rank));
    }
    template <class T> __WAVEFOLD_CG_MEMBER T shfl_xor(const T &value, unsigned int bits) const {
        return details::from_lane(mask(), value, first() + ((thread_rank() ^ bits) & (Size - 1)));
    }
    __WAVEFOLD_CG_MEMBER int any(int condition) const { return ballot(condition) != 0; }
    __WAVEFOLD_CG_MEMBER int all(int condition) const { return ballot(!condition) == 0; }
    __WAVEFOLD_CG_MEMBER unsigned int ballot(int condition) const { return own(__ballot_sync(mask(), condition)); }
    template <class T> __WAVEFOLD_CG_MEMBER unsigned int match_any(T value) const {
        return own(__match_any_sync(mask(), value));
    }
    template <class T> __WAVEFOLD_CG_MEMBER unsigned int match_all(T value, int &same) const {
        return own(__match_all_sync(mask(), value, &same));
    }

  private:
    static __WAVEFOLD_CG_MEMBER unsigned int first() { return details::lane() & ~(Size - 1); }
    // The last warp of a block may be incomplete: the mask names only threads that there are.
    static __WAVEFOLD_CG_MEMBER unsigned int mask() {
        const unsigned int all = (Size == 32 ? ~0u : (1u << (Size & 31)) - 1) << first();
        const unsigned int left = details::threads_of_block() - (details::rank_in_block() & ~31u);
        return left < 32 ? all & ((1u << left) - 1) : all;
    }
    static __WAVEFOLD_CG_MEMBER unsigned int own(unsigned int bits) {
        return (bits >> first()) & (Size == 32 ? ~0u : (1u << (Size & 31)) - 1);
    }
};

template <unsigned int Size, class Parent> __WAVEFOLD_CG thread_block_tile<Size, Parent> tiled_partition(const Parent &) {
    return thread_block_tile<Size, Parent>();
}

// A coalesced group cut into parts of `size` members, in order.
__WAVEFOLD_CG coalesced_group tiled_partition(const coalesced_group &group, unsigned int size) {
    return coalesced_group(__match_any_sync(__activemask(), group.thread_rank() / size));
}

// The members of a group with the same answer, or the same label.
template <class Group> __WAVEFOLD_CG coalesced_group binary_partition(const Group &, bool answer) {
    const unsigned int active = __activemask();
    const unsigned int yes = __ballot_sync(active, answer);
    return coalesced_group(answer ? yes : active & ~yes);
}
template <class Group, class Label> __WAVEFOLD_CG coalesced_group labeled_partition(const Group &, Label label) {
    return coalesced_group(__match_any_sync(__activemask(), label));
}

template <class Group> __WAVEFOLD_CG void sync(const Group &group) { group.sync(); }
template <class Group> __WAVEFOLD_CG auto thread_rank(const Group &group) -> decltype(group.thread_rank()) {
    return group.thread_rank();
}
template <class Group> __WAVEFOLD_CG auto group_size(const Group &group) -> decltype(group.size()) { return group.size(); }

} // namespace cooperative_groups

#undef __WAVEFOLD_CG
#undef __WAVEFOLD_CG_MEMBER
#endif
