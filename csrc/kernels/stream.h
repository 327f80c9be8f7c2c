/* Storing past the caches. A plain store reads its line from memory first and pushes other lines out
 * of the caches; for a result that is larger than them both are for nothing. */
#ifndef CR_KERNELS_STREAM_H
#define CR_KERNELS_STREAM_H

#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Results of so many bytes or more are streamed: the last-level cache of most processors, or what one
 * group of cores has of it. */
#define CR_STREAM_BYTES ((int64_t)32 << 20)

/* Bytes that are computed, in registers for the most part, before they are stored. */
enum { CR_STREAM_LINE = 64, CR_STREAM_BLOCK = 256 };

/* Bytes from `to` up to the start of a line. */
static inline int64_t cr_stream_head(const void *to) {
  return (int64_t)(-(uintptr_t)to % CR_STREAM_LINE);
}

/* Both are at the start of a line. */
static inline void cr_stream_block(void *to, const void *block) {
#if defined(__AVX512F__)
  for (int k = 0; k < CR_STREAM_BLOCK / 64; k++)
    _mm512_stream_si512((__m512i *)to + k, _mm512_load_si512((const __m512i *)block + k));
#elif defined(__AVX__)
  for (int k = 0; k < CR_STREAM_BLOCK / 32; k++)
    _mm256_stream_si256((__m256i *)to + k, _mm256_load_si256((const __m256i *)block + k));
#elif defined(__x86_64__)
  for (int k = 0; k < CR_STREAM_BLOCK / 16; k++)
    _mm_stream_si128((__m128i *)to + k, _mm_load_si128((const __m128i *)block + k));
#else
  memcpy(to, block, CR_STREAM_BLOCK);
#endif
}

/* What was streamed is visible to other threads afterwards as plain stores are. */
static inline void cr_stream_end(void) {
#ifdef __x86_64__
  _mm_sfence();
#endif
}

#endif
