#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 15 + 32: largest window, gzip or zlib header.
static inline int anneal_inflate_init(z_stream *stream) { return inflateInit2(stream, 15 + 32); }

// -15: largest window, no header at all, as within zip archives.
static inline int anneal_inflate_raw_init(z_stream *stream) { return inflateInit2(stream, -15); }
