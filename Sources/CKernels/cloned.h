#ifndef ANNEAL_CLONED_H
#define ANNEAL_CLONED_H

#include <stdbool.h>

#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
/// The same loops for processors with AVX2 and without, chosen when the program is loaded: before the
/// thread sanitizer is ready, which therefore gets the plain ones.
#define CLONED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONED
#endif

/// A bit for each of 64 bytes.
typedef bool bits64 __attribute__((ext_vector_type(64)));

#endif
