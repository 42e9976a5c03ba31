// Number formats of checkpoints: scalars of any width, and the block formats of ggml.

#include "convert.h"

#include <string.h>

// Products and sums are rounded one by one, as the reference readers do.
#pragma STDC FP_CONTRACT OFF

void anneal_from_bfloat16(int64_t count, const uint16_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)in[i] << 16;
    memcpy(out + i, &bits, 4);
  }
}
void anneal_to_bfloat16(int64_t count, const float *in, uint16_t *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, in + i, 4);
    bool nan = (bits & 0x7fffffff) > 0x7f800000;
    out[i] = (uint16_t)(nan ? (bits >> 16) | 64 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
}
void anneal_from_float16(int64_t count, const uint16_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = half_to_float(in[i]);
}
void anneal_to_float16(int64_t count, const float *in, uint16_t *out) {
  for (int64_t i = 0; i < count; i++) {
    _Float16 half = (_Float16)in[i];
    memcpy(out + i, &half, 2);
  }
}

// Scalars at any alignment.

#define WIDEN(name, type) \
  static void name(int64_t count, const uint8_t *in, float *out) { \
    for (int64_t i = 0; i < count; i++) { \
      type value; \
      memcpy(&value, in + i * (int64_t)sizeof value, sizeof value); \
      out[i] = (float)value; \
    } \
  }
WIDEN(widen_f64, double)
WIDEN(widen_i64, int64_t)
WIDEN(widen_i32, int32_t)
WIDEN(widen_i16, int16_t)
WIDEN(widen_i8, int8_t)
WIDEN(widen_u64, uint64_t)
WIDEN(widen_u32, uint32_t)
WIDEN(widen_u16, uint16_t)
WIDEN(widen_u8, uint8_t)

static void widen_f32(int64_t count, const uint8_t *in, float *out) {
  memcpy(out, in, (size_t)count * 4);
}
static void widen_f16(int64_t count, const uint8_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = half_at(in + 2 * i);
}
static void widen_bf16(int64_t count, const uint8_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) {
    uint16_t word;
    memcpy(&word, in + 2 * i, 2);
    uint32_t bits = (uint32_t)word << 16;
    memcpy(out + i, &bits, 4);
  }
}

/// The formats in the order of `anneal_format`: values and bytes of a block, and its widening.
static const struct {
  int64_t values, bytes;
  void (*widen)(int64_t blocks, const uint8_t *in, float *out);
} formats[] = {
  [ANNEAL_FORMAT_F64] = {1, 8, widen_f64},
  [ANNEAL_FORMAT_F32] = {1, 4, widen_f32},
  [ANNEAL_FORMAT_F16] = {1, 2, widen_f16},
  [ANNEAL_FORMAT_BF16] = {1, 2, widen_bf16},
  [ANNEAL_FORMAT_I64] = {1, 8, widen_i64},
  [ANNEAL_FORMAT_I32] = {1, 4, widen_i32},
  [ANNEAL_FORMAT_I16] = {1, 2, widen_i16},
  [ANNEAL_FORMAT_I8] = {1, 1, widen_i8},
  [ANNEAL_FORMAT_U64] = {1, 8, widen_u64},
  [ANNEAL_FORMAT_U32] = {1, 4, widen_u32},
  [ANNEAL_FORMAT_U16] = {1, 2, widen_u16},
  [ANNEAL_FORMAT_U8] = {1, 1, widen_u8},
  [ANNEAL_FORMAT_Q4_0] = {32, 18, anneal_widen_q4_0},
  [ANNEAL_FORMAT_Q4_1] = {32, 20, anneal_widen_q4_1},
  [ANNEAL_FORMAT_Q5_0] = {32, 22, anneal_widen_q5_0},
  [ANNEAL_FORMAT_Q5_1] = {32, 24, anneal_widen_q5_1},
  [ANNEAL_FORMAT_Q8_0] = {32, 34, anneal_widen_q8_0},
  [ANNEAL_FORMAT_Q4_K] = {256, 144, anneal_widen_q4_k},
  [ANNEAL_FORMAT_Q5_K] = {256, 176, anneal_widen_q5_k},
  [ANNEAL_FORMAT_Q6_K] = {256, 210, anneal_widen_q6_k},
};

int64_t anneal_format_values(anneal_format format) { return formats[format].values; }
int64_t anneal_format_bytes(anneal_format format) { return formats[format].bytes; }

typedef struct {
  anneal_format format;
  const uint8_t *in;
  float *out;
} widen_call;

static void widen(void *context, int64_t start, int64_t end) {
  const widen_call *c = context;
  int64_t values = formats[c->format].values, bytes = formats[c->format].bytes;
  formats[c->format].widen(end - start, c->in + start * bytes, c->out + start * values);
}

void anneal_widen(anneal_format format, int64_t count, const void *in, float *out) {
  widen_call c = {.format = format, .in = in, .out = out};
  int64_t values = formats[format].values;
  anneal_parallel(count / values, 65536 / values, widen, &c);
}

typedef struct {
  const int64_t *shape, *strides;
  int64_t rank, width;
  bool reversed;
} pack_call;

static void pack_value(const pack_call *c, const uint8_t *in, uint8_t *out) {
  if (!c->reversed) {
    memcpy(out, in, (size_t)c->width);
    return;
  }
  for (int64_t i = 0; i < c->width; i++) out[i] = in[c->width - 1 - i];
}

/// Packs the dimensions from `dimension` on; returns the end of what was written.
static uint8_t *pack(const pack_call *c, int64_t dimension, const uint8_t *in, uint8_t *out) {
  if (dimension == c->rank) {
    pack_value(c, in, out);
    return out + c->width;
  }
  int64_t step = c->strides[dimension] * c->width;
  for (int64_t i = 0; i < c->shape[dimension]; i++)
    out = pack(c, dimension + 1, in + i * step, out);
  return out;
}

void anneal_pack(
  int64_t rank, const int64_t *shape, const int64_t *strides, int64_t width, bool reversed,
  const void *in, void *out) {
  pack_call c = {.shape = shape, .strides = strides, .rank = rank, .width = width,
                 .reversed = reversed};
  pack(&c, 0, in, out);
}
