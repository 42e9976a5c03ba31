/// Loops of the numerical engine: every function here works on caller-owned fp32 memory.
///
/// Matrices are row-major. `accumulate` means "add to the output" instead of overwriting it.
/// Functions split their work over the pool of `anneal_pool_*` themselves; results do not
/// depend on the number of threads.
#pragma once
#include "AnnealWords.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: processor and pool

typedef enum {
  ANNEAL_LEVEL_PORTABLE = 0,
  ANNEAL_LEVEL_AVX2 = 1,
  ANNEAL_LEVEL_AVX512 = 2,
  /// AVX-512, and tiles for matrix products in bf16.
  ANNEAL_LEVEL_AMX = 3,
} anneal_level;

/// The best instruction set that this processor has and ANNEAL_ISA allows; `anneal_limit_level` can
/// lower it further (tests).
anneal_level anneal_current_level(void);
void anneal_limit_level(anneal_level level);

/// What the environment variable ANNEAL_ISA (amx, avx512, avx2 or portable) came to.
typedef enum {
  ANNEAL_REQUEST_NONE,
  ANNEAL_REQUEST_HONOURED,
  /// It asks for more than the processor has; the best there is serves.
  ANNEAL_REQUEST_TOO_HIGH,
  /// It is none of the words, and is ignored.
  ANNEAL_REQUEST_UNKNOWN,
} anneal_request;
anneal_request anneal_level_request(void);

/// Whether AMX computes here, or the first thing that is missing. Found out once, by a product.
typedef enum {
  ANNEAL_AMX_WORKS,
  /// The processor has no AMX, or no AVX-512 beside it, or is no x86-64.
  ANNEAL_AMX_ABSENT,
  /// The operating system does not keep its registers.
  ANNEAL_AMX_DISABLED,
  /// The operating system does not let this process use it.
  ANNEAL_AMX_DENIED,
  /// Its instructions are illegal all the same.
  ANNEAL_AMX_ILLEGAL,
  /// Its product is wrong.
  ANNEAL_AMX_WRONG,
} anneal_amx_state;
anneal_amx_state anneal_amx(void);

typedef void (*anneal_body)(void *context, int64_t start, int64_t end);

/// Threads taking part in `anneal_parallel`, the caller included.
int anneal_pool_threads(void);
/// Sets the number of threads (at least 1); 0 chooses the processors this process may use.
void anneal_pool_set_threads(int count);
/// Calls `body` over [0, count) in pieces of `grain` items, each piece exactly once, on any thread.
/// A call from inside a body, or while another thread uses the pool, runs on the calling thread.
void anneal_parallel(int64_t count, int64_t grain, anneal_body body, void *context);
/// Says whether calls of this thread run on it alone from now on; returns what was so before.
bool anneal_pool_alone(bool alone);

// MARK: memory

/// 64-byte aligned memory, backed by huge pages where large. NULL when there is none.
void *anneal_allocate(int64_t bytes);
void anneal_release(void *memory, int64_t bytes);
/// Bytes of memory that the machine has.
int64_t anneal_physical_memory(void);
/// Addresses without memory behind them, of a huge page's alignment; NULL when there are none.
void *anneal_reserve(int64_t bytes);
void anneal_unreserve(void *start, int64_t bytes);
/// Makes part of such a stretch readable and writable; returns whether that was possible.
bool anneal_commit(void *start, int64_t bytes);
/// Gives the memory of whole pages back; their contents are lost.
void anneal_decommit(void *start, int64_t bytes);
void anneal_fill(int64_t count, float value, float *out);
void anneal_copy(int64_t count, const float *in, float *out);

// MARK: matrix products

/// A matrix read through strides: element (i, j) is at base[i * row + j * column].
typedef struct {
  const float *base;
  int64_t row, column;
} anneal_matrix;

/// The numbers that a product multiplies; it adds in fp32 always. Products of few rows, and products
/// without the processor's tiles, are fp32 whatever is asked for.
typedef enum {
  ANNEAL_FP32 = 0,
  /// Operands as sums of two bf16 numbers, three products: relative errors of some 4e-6.
  ANNEAL_BF16X3 = 1,
  /// Operands rounded to bf16: relative errors of some 2e-3.
  ANNEAL_BF16 = 2,
  /// The same two by plain code that does what tiles do, to test them on any processor.
  ANNEAL_IMITATED_BF16X3 = 3,
  ANNEAL_IMITATED_BF16 = 4,
} anneal_precision;

/// out[m, n] (+)= a[m, k] · b[k, n]; `out` rows are `out_row` apart.
void anneal_gemm(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b,
  float *out, int64_t out_row, bool accumulate);

/// One of several products with the same right operand: out[m, n] (+)= a[m, k] · b.
typedef struct {
  int64_t m;
  const float *a;
  float *out;
  bool accumulate;
} anneal_product;

/// Products of several left operands, all with the strides of `a`, by one b[k, n]; b is packed once.
/// Rows of each `out` are n apart.
void anneal_gemm_shared(
  anneal_precision precision, int64_t count, const anneal_product *products, int64_t n, int64_t k,
  anneal_matrix a, anneal_matrix b);

/// Values in 4-bit numbers, two a byte, the first in the upper half, with a scale for each `block` of them.
///
/// Value i is table[number i] * scale, rounded to `rounding` (ANNEAL_FORMAT_F32 for none). Where `scales` is
/// NULL, the scale of block b is code_table[codes[b]] * code_scales[b / code_block] + offset.
typedef struct {
  int64_t count, block;
  const uint8_t *packed;
  const float *table, *scales;
  const uint8_t *codes;
  const float *code_table, *code_scales;
  int64_t code_block;
  float offset;
  int rounding;
} anneal_four_values;

/// out[i] = value first + i, on the calling thread.
void anneal_four_read(const anneal_four_values *values, int64_t first, int64_t count, float *out);
/// out = all values.
void anneal_four_widen(const anneal_four_values *values, float *out);

/// A matrix in 4-bit numbers read through strides, one of which is 1: element (i, j) is value
/// i * row + j * column.
typedef struct {
  const anneal_four_values *values;
  int64_t row, column;
} anneal_four_matrix;

/// out[m, n] (+)= a[m, k] · b[k, n], whose values are widened part by part as they are packed: never more
/// than some kilobytes a thread are wide. The same bits as `anneal_gemm` gives for wide values where both
/// pack them: of more than 16 rows, and by kernels of this library.
void anneal_gemm_four(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a,
  anneal_four_matrix b, float *out, int64_t out_row, bool accumulate);

/// c[m, n] = a · b + beta c, row-major; turned operands are stored the other way round.
typedef void (*anneal_sgemm)(
  bool a_turned, bool b_turned, int32_t m, int32_t n, int32_t k, const float *a, int32_t a_row,
  const float *b, int32_t b_row, float beta, float *c, int32_t c_row);

/// Gives the products of processors without kernels of their own to another library (single-threaded).
void anneal_set_portable_sgemm(anneal_sgemm function);

typedef enum {
  ANNEAL_ACTIVATION_NONE = 0,
  ANNEAL_ACTIVATION_GELU = 1,
  ANNEAL_ACTIVATION_GELU_TANH = 2,
  ANNEAL_ACTIVATION_RELU = 3,
  ANNEAL_ACTIVATION_SILU = 4,
  ANNEAL_ACTIVATION_TANH = 5,
  ANNEAL_ACTIVATION_SIGMOID = 6,
  ANNEAL_ACTIVATION_QUICK_GELU = 7,
} anneal_activation;

/// out = activation(x · w + bias), and, where `before` is not NULL, before = x · w + bias.
/// x is [m, k] contiguous, w is read as [k, n], bias is [n] or NULL.
void anneal_linear(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *x, anneal_matrix w,
  const float *bias, anneal_activation activation, float *out, float *before);

/// argument = (gradient · w) activation'(argument) in place: the gradient of what an activation was
/// applied to, from that of the product that its result went into. gradient is [m, k] contiguous, w is
/// read as [k, n]. Returns false, and has done nothing, where the product would not be whole at once.
bool anneal_linear_slope(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *gradient,
  anneal_matrix w, anneal_activation activation, float *argument);

/// out = x · w + bias, with rows of `out` out_row apart: some columns of a wider result.
void anneal_linear_columns(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *x, anneal_matrix w,
  const float *bias, float *out, int64_t out_row);

/// The same with a bias, an activation and what it was applied to, as `anneal_linear`; rows of `out` are
/// out_row apart, those of `before` n.
void anneal_linear_four(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *x,
  anneal_four_matrix w, const float *bias, anneal_activation activation, float *out,
  int64_t out_row, float *before);

/// Whether an activation's slope follows from its result alone (ReLU, tanh, sigmoid). What the
/// functions below call `kept` is then the result, otherwise the argument.
bool anneal_slope_from_result(anneal_activation activation);

/// What a linear map does first with its gradient: gradient *= activation' in place (where `kept` is
/// not NULL), and sums[j] += gradient[i, j] over the rows i (where sums is not NULL).
void anneal_bias_backward(
  int64_t rows, int64_t columns, float *gradient, anneal_activation activation, const float *kept,
  float *sums);

/// The weights of a linear map in the order in which products read them; `level` is the instruction set
/// that they were packed for.
typedef struct {
  int64_t n, k;
  anneal_level level;
  const float *packed;
} anneal_panels;

/// The floats that n by k packed weights take.
int64_t anneal_panels_size(int64_t n, int64_t k);
/// Packs w, read as [k, n].
void anneal_panels_pack(int64_t n, int64_t k, anneal_matrix w, float *packed);
/// One of several linear maps of the same rows: its weights, its bias (NULL for none), its results.
typedef struct {
  anneal_panels w;
  const float *bias;
  float *out;
} anneal_panel_map;

/// out = activation(x · w + bias) in fp32 for each map, all of one k and level; rows of each `out` are
/// out_row apart. For x [m, k] of few rows: 64 or fewer, as a rule.
void anneal_panels_linear(
  int64_t m, const float *x, int64_t count, const anneal_panel_map *maps,
  anneal_activation activation, int64_t out_row);

/// The weights of a linear map as integers of 8 bits, sizes up to 127, packed by `anneal_bytes_pack`:
/// the weight from input p to output j is its integer times scales[j].
typedef struct {
  int64_t n, k;
  const int8_t *packed;
  const float *scales;
} anneal_bytes;

/// The bytes that n by k packed weights take.
int64_t anneal_bytes_size(int64_t n, int64_t k);
/// Rounds w, read as [k, n]: each output's largest weight becomes 127.
void anneal_bytes_pack(int64_t n, int64_t k, anneal_matrix w, int8_t *packed, float *scales);
/// One of several linear maps of the same rows: its weights, its bias (NULL for none), its results.
typedef struct {
  anneal_bytes w;
  const float *bias;
  float *out;
} anneal_byte_map;

/// out = activation(x · w + bias) for each map, all of one k; rows of each `out` are out_row apart. Each
/// row of x [m, k] is rounded like the weights. The sums of integers are exact, so a row's result
/// depends on that row alone.
void anneal_bytes_linear(
  int64_t m, const float *x, int64_t count, const anneal_byte_map *maps,
  anneal_activation activation, int64_t out_row);

// MARK: elementwise

void anneal_activate(int64_t count, anneal_activation activation, const float *in, float *out);
/// out (+)= gradient activation'.
void anneal_activation_backward(
  int64_t count, anneal_activation activation, const float *kept, const float *gradient, float *out,
  bool accumulate);

/// A matrix whose rows are contiguous and `row` apart, or nothing where `base` is NULL.
typedef struct {
  float *base;
  int64_t row;
  bool accumulate;
} anneal_rows;

/// out[rows, columns] = activation(gate) up.
void anneal_gate(
  int64_t rows, int64_t columns, anneal_activation activation, anneal_rows gate, anneal_rows up,
  float *out);
/// d_gate (+)= gradient up activation'(gate); d_up (+)= gradient activation(gate).
void anneal_gate_backward(
  int64_t rows, int64_t columns, anneal_activation activation, anneal_rows gate, anneal_rows up,
  const float *gradient, anneal_rows d_gate, anneal_rows d_up);
/// out = alpha a + beta b (b may be NULL).
void anneal_combine(int64_t count, float alpha, const float *a, float beta, const float *b, float *out);
/// out (+)= factor a b.
void anneal_multiply(
  int64_t count, float factor, const float *a, const float *b, float *out, bool accumulate);
/// out[i, j] (+)= in[i, j] factors[j] + bias[j]; `bias` may be NULL.
void anneal_scale_columns(
  int64_t rows, int64_t columns, const float *factors, const float *bias, const float *in,
  float *out, bool accumulate);
/// out (+)= factor a.
void anneal_scale(int64_t count, float factor, const float *a, float *out, bool accumulate);

/// Which elements a dropout keeps: a function of (seed, key of the row, column) alone.
typedef struct {
  uint64_t seed;
  float probability;
} anneal_dropout;

/// out (+)= dropout(in) + residual. `residual` may be NULL; `keys` has one entry a row.
void anneal_dropout_add(
  int64_t rows, int64_t columns, anneal_dropout dropout, const uint64_t *keys, const float *in,
  const float *residual, float *out, bool accumulate);

// MARK: rows: embeddings, gathers, pooling

/// out[i, :] (+)= factor table[ids[i], :].
void anneal_gather(
  int64_t count, int64_t columns, float factor, const int32_t *ids, const float *table, float *out,
  bool accumulate);
/// table[ids[i], :] += factor in[i, :], in the order of i; negative ids are passed over.
void anneal_scatter(
  int64_t count, int64_t columns, float factor, const int32_t *ids, const float *in, float *table);
/// out[s, :] = mean of the lengths[s] rows of `in` from starts[s]; an empty sequence gives zeros.
void anneal_mean_rows(
  int64_t sequences, int64_t columns, const int64_t *starts, const int64_t *lengths,
  const float *in, float *out);
void anneal_mean_rows_backward(
  int64_t sequences, int64_t columns, const int64_t *starts, const int64_t *lengths,
  const float *gradient, float *out);

// MARK: normalisation

/// Layer norm of each row: out = (h - mean) / sqrt(variance + epsilon) * weight + bias, where
/// h = in, or dropout(in) + residual written to `sum` when `residual` is given.
/// statistics holds [rows, 2]: mean and reciprocal deviation. `root` leaves out the mean and bias.
typedef struct {
  int64_t rows, columns;
  float epsilon;
  bool root;
  const float *weight, *bias;
} anneal_norm;
void anneal_norm_forward(
  anneal_norm norm, const float *in, const float *residual, anneal_dropout dropout,
  const uint64_t *keys, float *sum, float *out, float *statistics);
/// Gradients of the above. `sum` is h. Any output pointer may be NULL. `d_in` and `d_residual`
/// add when their flag says so; `d_weight` and `d_bias` always add.
void anneal_norm_backward(
  anneal_norm norm, const float *gradient, const float *sum, const float *statistics,
  anneal_dropout dropout, const uint64_t *keys, float *d_in, bool add_in, float *d_residual,
  bool add_residual, float *d_weight, float *d_bias);
/// out = in / max(|in|, epsilon) by rows; lengths[i] = max(|in_i|, epsilon).
void anneal_unit_rows(
  int64_t rows, int64_t columns, float epsilon, const float *in, float *out, float *lengths);
void anneal_unit_rows_backward(
  int64_t rows, int64_t columns, const float *gradient, const float *out, const float *lengths,
  float *d_in, bool accumulate);

/// Rotary positions on the first `dimension` values of each head, in place of a copy.
/// angles holds [rows, dimension / 2] of (cosine, sine). direction -1 undoes (the backward pass).
void anneal_rotate(
  int64_t rows, int64_t heads, int64_t head, int64_t dimension, bool interleaved,
  const float *angles, float direction, const float *in, float *out, bool accumulate);

// MARK: attention

/// Multi-head attention over ragged sequences.
///
/// Query row t, head h, is at query + t * query_row + h * head; likewise key and value with
/// key_heads (heads is a multiple of key_heads). The queries of sequence s are the query_lengths[s]
/// rows from query_starts[s]; keys and values likewise. With `causal`, query i of q sees the keys
/// up to i + (k - q) of k; with `window` > 0, only the last `window` of them. `bias` is NULL or
/// [heads, bias_queries, bias_keys], added to the scaled scores; the last query reads the last row,
/// the last key its last value.
typedef struct {
  int64_t sequences, heads, key_heads, head;
  const int64_t *query_starts, *query_lengths, *key_starts, *key_lengths;
  const float *query, *key, *value;
  int64_t query_row, key_row, value_row;
  float scale;
  bool causal;
  int64_t window;
  const float *bias;
  int64_t bias_queries, bias_keys;
  anneal_dropout dropout;
  const uint64_t *query_keys;
} anneal_attention;

/// out is [query rows, heads * head]; log_sum is [query rows, heads].
void anneal_attention_forward(anneal_attention attention, float *out, float *log_sum);
/// Gradients; each output has the row stride of its input and may be NULL (all are added to).
void anneal_attention_backward(
  anneal_attention attention, const float *out, const float *log_sum, const float *gradient,
  float *d_query, float *d_key, float *d_value, float *d_bias);

// MARK: generation

/// Attention for few queries, without a backward pass or dropout: keys are read where they lie. With
/// `places`, key and value j of sequence s are the rows places[key_starts[s] + j] instead of
/// key_starts[s] + j.
void anneal_attention_decode(anneal_attention attention, const int32_t *places, float *out);
/// out[places[i], :] = in[i, :], rows of `in` being in_row apart.
void anneal_place_rows(
  int64_t count, int64_t columns, const float *in, int64_t in_row, const int32_t *places,
  float *out);
/// The `count` largest of in[i, :] + offsets[i] (offsets may be NULL), best first, of equals the first:
/// their columns and values, each [rows, count]. A column of -1 stands where a row has too few.
void anneal_best(
  int64_t rows, int64_t columns, const float *in, const float *offsets, int64_t count,
  int32_t *ids, float *ranks);

/// The places of the values / divisor that are at least `least` and above minus infinity, largest first,
/// of equals the first; `places` has room for all. Returns how many.
int64_t anneal_ranking(
  int64_t count, const float *in, float divisor, float least, int32_t *places);

// MARK: losses

/// losses[i] = (1 - s) (lse - x[t]) + s (lse - mean x) for target t, 0 where t < 0;
/// statistics[i] = lse. Smoothing s.
void anneal_cross_entropy(
  int64_t rows, int64_t columns, const float *logits, const int32_t *targets, float smoothing,
  float *losses, float *statistics);
/// out (+)= factors[i] d losses[i] / d logits[i].
void anneal_cross_entropy_backward(
  int64_t rows, int64_t columns, const float *logits, const int32_t *targets, float smoothing,
  const float *statistics, const float *factors, float *out, bool accumulate);

/// Some of the classes of some rows: columns [first, first + columns) of `classes`.
typedef struct {
  int64_t rows, columns, first, classes;
  const int32_t *targets;
  float smoothing;
} anneal_classes;

/// Goes on with the losses of rows by the logits of some more classes, from the first ones on.
/// statistics holds [rows, 3]: the log of the sum of exponentials, the target's logit and the sum of
/// logits of the classes so far.
void anneal_cross_entropy_add(anneal_classes part, const float *logits, float *statistics);
/// The losses of rows from what was gathered over all classes.
void anneal_cross_entropy_finish(anneal_classes part, const float *statistics, float *losses);
/// logits = factors[i] d losses[i] / d logits[i] for some classes, in place.
void anneal_cross_entropy_part_backward(
  anneal_classes part, const float *statistics, const float *factors, float *logits);

void anneal_softmax(int64_t rows, int64_t columns, bool logarithm, const float *in, float *out);
void anneal_argmax(int64_t rows, int64_t columns, const float *in, int32_t *out);
/// Sum in double precision, in a fixed order.
double anneal_sum(int64_t count, const float *in);
double anneal_sum_of_squares(int64_t count, const float *in);

// MARK: optimizer

typedef struct {
  float learning_rate, beta1, beta2, rest1, rest2, epsilon, weight_decay;
  float correction1, correction2;
  float gradient_factor;
} anneal_adamw_settings;
/// One AdamW step with decoupled decay; rest1 = 1 - beta1, correction1 = 1 - beta1^t, and so of beta2;
/// the gradient is multiplied by gradient_factor (clipping) on the way.
void anneal_adamw(
  int64_t count, anneal_adamw_settings settings, const float *gradient, float *value, float *first,
  float *second);

typedef struct {
  float learning_rate, momentum, dampening, weight_decay;
  float gradient_factor;
  bool is_nesterov;
  /// Whether the buffer has seen no gradient yet: it becomes the gradient, undampened.
  bool is_first;
} anneal_sgd_settings;
/// One step of SGD; buffer is NULL without momentum.
void anneal_sgd(
  int64_t count, anneal_sgd_settings settings, const float *gradient, float *value, float *buffer);

typedef struct {
  float learning_rate, beta1, beta2, rest1, rest2, weight_decay;
  float gradient_factor;
} anneal_lion_settings;
/// One step of Lion with decoupled decay; rest1 = 1 - beta1, rest2 = 1 - beta2.
void anneal_lion(
  int64_t count, anneal_lion_settings settings, const float *gradient, float *value, float *mean);

/// So many matrices, one after the other.
typedef struct {
  int64_t count, rows, columns;
} anneal_matrices;
/// means[count, rows] = mean over columns of (factor in)^2 + added; sums are in double precision.
void anneal_mean_squares_of_rows(
  anneal_matrices shape, float factor, float added, const float *in, float *means);
/// means[count, columns] = mean over rows of (factor in)^2 + added.
void anneal_mean_squares_of_columns(
  anneal_matrices shape, float factor, float added, const float *in, float *means);
/// The sum of (rows[i] columns[j] factor in)^2; totals has room for count * rows sums.
double anneal_squares_of_scaled(
  anneal_matrices shape, float factor, const float *rows, const float *columns, const float *in,
  double *totals);

typedef struct {
  float learning_rate, weight_decay;
  /// What clipping leaves of the update.
  float scale;
  /// The decay of the updates' mean, where there is one, and 1 - beta1.
  float beta1, rest1;
  float gradient_factor;
} anneal_adafactor_settings;
/// value = value (1 - rate decay) - rate scale rows[i] columns[j] gradient, or less the mean of such
/// updates where mean is not NULL.
void anneal_adafactor(
  anneal_matrices shape, anneal_adafactor_settings settings, const float *rows,
  const float *columns, const float *gradient, float *value, float *mean);

// MARK: noise

/// out = in + magnitudes[i] u, where u is uniform from -1 to below 1 by (seed, keys[i], column).
void anneal_add_noise(
  int64_t rows, int64_t columns, uint64_t seed, const uint64_t *keys, const float *magnitudes,
  const float *in, float *out);

// MARK: conversion

void anneal_from_bfloat16(int64_t count, const uint16_t *in, float *out);
void anneal_from_float16(int64_t count, const uint16_t *in, float *out);
void anneal_to_bfloat16(int64_t count, const float *in, uint16_t *out);
void anneal_to_float16(int64_t count, const float *in, uint16_t *out);

/// How numbers of checkpoints are stored, little-endian; the last ones are blocks of ggml.
typedef enum {
  ANNEAL_FORMAT_F64,
  ANNEAL_FORMAT_F32,
  ANNEAL_FORMAT_F16,
  ANNEAL_FORMAT_BF16,
  ANNEAL_FORMAT_I64,
  ANNEAL_FORMAT_I32,
  ANNEAL_FORMAT_I16,
  ANNEAL_FORMAT_I8,
  ANNEAL_FORMAT_U64,
  ANNEAL_FORMAT_U32,
  ANNEAL_FORMAT_U16,
  ANNEAL_FORMAT_U8,
  ANNEAL_FORMAT_Q4_0,
  ANNEAL_FORMAT_Q4_1,
  ANNEAL_FORMAT_Q5_0,
  ANNEAL_FORMAT_Q5_1,
  ANNEAL_FORMAT_Q8_0,
  ANNEAL_FORMAT_Q4_K,
  ANNEAL_FORMAT_Q5_K,
  ANNEAL_FORMAT_Q6_K,
} anneal_format;
/// Values and bytes of one block; scalars are blocks of one value.
int64_t anneal_format_values(anneal_format format);
int64_t anneal_format_bytes(anneal_format format);
/// out = the stored numbers, at any alignment; count is a multiple of the block's values.
void anneal_widen(anneal_format format, int64_t count, const void *in, float *out);
/// Copies values of `width` bytes that lie `strides` values apart into rows without gaps, the bytes
/// of each the other way round where `reversed`.
void anneal_pack(
  int64_t rank, const int64_t *shape, const int64_t *strides, int64_t width, bool reversed,
  const void *in, void *out);

/// A 4-bit code: the bounds between its values in rising order, and the code of each place.
typedef struct {
  float bounds[15];
  uint8_t codes[16];
} anneal_four_bits;
/// out[i] = table[code i] * scales[i / block]; the first code of a byte is its upper half.
void anneal_widen_four(
  int64_t count, int64_t block, const float *table, const float *scales, const uint8_t *in,
  float *out);
/// scales[b] = largest magnitude of the block (an even number of values); codes of in / scale.
void anneal_narrow_four(
  int64_t count, int64_t block, anneal_four_bits code, const float *in, float *scales,
  uint8_t *out);
/// out[i] = table[in[i]] * scales[i / block] + offset.
void anneal_widen_eight(
  int64_t count, int64_t block, const float *table, const float *scales, float offset,
  const uint8_t *in, float *out);
/// The same with a sorted table of 256 values from -1 to 1, found in steps of 2 / 65535.
void anneal_narrow_eight(
  int64_t count, int64_t block, const float *table, const float *in, float *scales, uint8_t *out);
/// scales[i] = largest magnitude of row i; out = in * (127 / scale), rounded to nearest even; 0 for what
/// is no number, and in a row whose scale is at most 1e-36 or infinite.
void anneal_narrow_rows(
  int64_t rows, int64_t columns, const float *in, float *scales, int8_t *out);
/// out = in * scales[row] / 127.
void anneal_widen_rows(
  int64_t rows, int64_t columns, const float *scales, const int8_t *in, float *out);
/// The mean in fp32, added in the order of PyTorch on one thread with 8 lanes.
float anneal_mean_in_lanes(int64_t count, const float *in);

// MARK: similarity of texts

/// least[j] = the smaller of itself and every (low half of hashes[i] ^ masks[j]) * factors[j] modulo
/// 2^32. On the calling thread; the memory is the caller's, as everywhere.
void anneal_minhash(
  int64_t count, const uint64_t *hashes, int64_t functions, const uint32_t *masks,
  const uint32_t *factors, uint32_t *least);
