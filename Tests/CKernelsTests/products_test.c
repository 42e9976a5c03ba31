// Matrix products, linear maps and their tiles.

#include "check.h"
#include "tiles.h"

#include <math.h>
#include <signal.h>

/// A matrix stored as it is read, or turned.
typedef struct {
  float *memory;
  anneal_matrix view;
} operand;

static operand operand_of(int64_t rows, int64_t columns, bool turned, uint32_t seed) {
  float *memory = numbers(rows * columns, seed);
  anneal_matrix plain = {memory, columns, 1}, other = {memory, 1, rows};
  return (operand){memory, turned ? other : plain};
}

static double at(anneal_matrix m, int64_t i, int64_t j) {
  return (double)m.base[i * m.row + j * m.column];
}

/// Products of one size, operands turned or not, added or not. Errors are at most `share` of the sum
/// of the factors' sizes.
static void product(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, double share) {
  for (int kind = 0; kind < 8; kind++) {
    operand a = operand_of(m, k, kind & 1, 1), b = operand_of(k, n, kind & 2, 2);
    bool add = kind & 4;
    const int64_t row = n + 3;
    float *out = add ? numbers(m * row, 3) : blanks(m * row), *old = copied(m * row, out);
    anneal_gemm(precision, m, n, k, a.view, b.view, out, row, add);
    for (int64_t i = 0; i < m; i++) {
      double expected[n], bounds[n];
      for (int64_t j = 0; j < n; j++) {
        expected[j] = add ? (double)old[i * row + j] : 0;
        bounds[j] = 1e-6;
        for (int64_t p = 0; p < k; p++) {
          double term = at(a.view, i, p) * at(b.view, p, j);
          expected[j] += term;
          bounds[j] += share * fabs(term);
        }
      }
      within("a product", n, out + i * row, expected, bounds);
      same("beside a product", 3, out + i * row + n, old + i * row + n);
    }
    free(a.memory), free(b.memory), free(out), free(old);
  }
}

/// Products of columns of one matrix, turned, by one other: the same bits as one by one.
static void shared_product(anneal_precision precision, int64_t k, int64_t n) {
  enum { parts = 3, wide = 60 };
  const int64_t starts[parts + 1] = {0, 37, 44, wide};
  float *a = numbers(k * wide, 1), *b = numbers(k * n, 2), *out[parts], *alone[parts];
  anneal_matrix right = {b, n, 1};
  anneal_product products[parts];
  for (int i = 0; i < parts; i++) {
    int64_t m = starts[i + 1] - starts[i];
    alone[i] = i == 1 ? numbers(m * n, 3) : blanks(m * n);
    out[i] = copied(m * n, alone[i]);
    products[i] = (anneal_product){m, a + starts[i], out[i], i == 1};
    anneal_matrix left = {a + starts[i], 1, wide};
    anneal_gemm(precision, m, n, k, left, right, alone[i], n, i == 1);
  }
  anneal_gemm_shared(precision, parts, products, n, k, (anneal_matrix){a, 1, wide}, right);
  for (int i = 0; i < parts; i++) {
    same("a product that shares an operand", (starts[i + 1] - starts[i]) * n, out[i], alone[i]);
    free(out[i]), free(alone[i]);
  }
  free(a), free(b);
}

static const int64_t sizes[][3] = {
  {1, 1, 1},   {1, 16, 33},   {2, 3, 400},  {7, 19, 800},   {16, 16, 16},  {17, 5, 385},
  {17, 33, 1}, {31, 31, 31},  {32, 32, 32}, {33, 32, 65},   {37, 45, 70},  {100, 17, 1000},
  {48, 64, 96}, {33, 385, 33}, {193, 100, 97}, {65, 70, 3}, {20, 9, 2100}, {129, 31, 200},
};
enum { size_count = sizeof sizes / sizeof *sizes };

static void activated(double x, anneal_activation kind, double *y, double *slope) {
  double s = 1 / (1 + exp(-x)), normal = 0.5 * erfc(-x * M_SQRT1_2);
  double density = exp(-x * x / 2) / sqrt(2 * M_PI), q = 1 / (1 + exp(-1.702 * x));
  double inner = sqrt(2 / M_PI) * (x + 0.044715 * x * x * x), t = tanh(inner);
  double inner_slope = sqrt(2 / M_PI) * (1 + 3 * 0.044715 * x * x);
  const double values[][2] = {
    {x, 1},
    {x * normal, normal + x * density},
    {0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner_slope},
    {x > 0 ? x : 0, x > 0},
    {x * s, s * (1 + x * (1 - s))},
    {tanh(x), 1 - tanh(x) * tanh(x)},
    {s, s * (1 - s)},
    {x * q, q * (1 + 1.702 * x * (1 - q))},
  };
  *y = values[kind][0];
  *slope = values[kind][1];
}

static void linear(anneal_activation kind, bool with_bias) {
  enum { m = 37, n = 21, k = 19 };
  float *x = numbers(m * k, 5), *w = numbers(k * n, 6), *bias = with_bias ? numbers(n, 7) : NULL;
  float *out = blanks(m * n), *before = blanks(m * n), *sums = numbers(n, 8);
  double y[m * n], arguments[m * n], expected[m * n], totals[n], slope;
  anneal_matrix turned = {w, 1, k};
  anneal_linear(ANNEAL_FP32, m, n, k, x, turned, bias, kind, out, before);
  for (int j = 0; j < n; j++) totals[j] = (double)sums[j];
  float *gradient = numbers(m * n, 9);
  for (int e = 0; e < m * n; e++) {
    double sum = bias ? (double)bias[e % n] : 0;
    for (int p = 0; p < k; p++) sum += (double)x[e / n * k + p] * at(turned, p, e % n);
    arguments[e] = sum;
    activated(sum, kind, y + e, &slope);
    expected[e] = (double)gradient[e] * slope;
    totals[e % n] += expected[e];
  }
  agree("a linear map", m * n, out, y, 2e-6);
  agree("what the activation is applied to", m * n, before, arguments, 2e-6);
  const float *kept = anneal_slope_from_result(kind) ? out : before;
  anneal_bias_backward(m, n, gradient, kind, kind ? kept : NULL, sums);
  agree("its gradient", m * n, gradient, expected, 5e-6);
  agree("its bias's gradient", n, sums, totals, 1e-5);
  free(x), free(w), free(bias), free(out), free(before), free(sums), free(gradient);
}

/// A product that meets the slope of an activation in place, and one too deep for that.
static void sloped(
  anneal_precision precision, anneal_activation kind, int64_t m, int64_t n, int64_t k) {
  float *gradient = numbers(m * k, 5), *w = numbers(k * n, 6), *argument = numbers(m * n, 7);
  float *product = blanks(m * n), *expected = blanks(m * n), *old = copied(m * n, argument);
  anneal_matrix turned = {w, 1, k};
  anneal_gemm(
    precision, m, n, k, (anneal_matrix){gradient, k, 1}, turned, product, n, false);
  anneal_activation_backward(m * n, kind, argument, product, expected, false);
  bool done = anneal_linear_slope(precision, m, n, k, gradient, turned, kind, argument);
  if (m > 16)
    same("a product times a slope", m * n, argument, done && k < 5000 ? expected : old);
  else
    for (int64_t e = 0; e < m * n; e++) {
      double value = (double)expected[e];
      agree("a short product times a slope", 1, argument + e, &value, 2e-6);
    }
  free(gradient), free(w), free(argument), free(product), free(expected), free(old);
}

/// An activation alone, and one that gates other values, from rows that stand apart.
static void gated(anneal_activation kind, int64_t n) {
  enum { rows = 9 };
  const int64_t apart = 2 * n + 3, m = rows * n;
  float *both = numbers(rows * apart, 5), *gradient = numbers(m, 6), *out = blanks(m);
  float *d_both = numbers(rows * apart, 7), *alone = blanks(m), *d_alone = numbers(m, 8);
  double *y = malloc((size_t)(5 * m) * sizeof(double)), *d_gate = y + m, *d_up = y + 2 * m;
  double *plain = y + 3 * m, *d_plain = y + 4 * m, slope;
  float *x = blanks(m), *actual = blanks(2 * m);
  for (int64_t e = 0; e < m; e++) {
    const int64_t at = e / n * apart + e % n;
    x[e] = both[at];
    activated((double)both[at], kind, plain + e, &slope);
    y[e] = plain[e] * (double)both[at + n];
    d_gate[e] = (double)gradient[e] * (double)both[at + n] * slope;
    d_up[e] = (double)gradient[e] * plain[e] + (double)d_both[at + n];
    d_plain[e] = (double)gradient[e] * slope + (double)d_alone[e];
  }
  anneal_rows gate = {both, apart, false}, up = {both + n, apart, false};
  anneal_gate(rows, n, kind, gate, up, out);
  agree("a gated unit", m, out, y, 2e-6);
  anneal_gate_backward(
    rows, n, kind, gate, up, gradient, (anneal_rows){d_both, apart, false},
    (anneal_rows){d_both + n, apart, true});
  for (int64_t e = 0; e < m; e++) {
    actual[e] = d_both[e / n * apart + e % n];
    actual[m + e] = d_both[e / n * apart + e % n + n];
  }
  agree("its gate's gradient", m, actual, d_gate, 5e-6);
  agree("its other gradient", m, actual + m, d_up, 5e-6);
  anneal_activate(m, kind, x, alone);
  agree("an activation", m, alone, plain, 2e-6);
  const float *kept = anneal_slope_from_result(kind) ? alone : x;
  anneal_activation_backward(m, kind, kept, gradient, d_alone, true);
  agree("its gradient", m, d_alone, d_plain, 5e-6);
  free(both), free(gradient), free(out), free(d_both), free(alone), free(d_alone), free(y);
  free(x), free(actual);
}

void test_products(void) {
  for (int i = 0; i < size_count; i++)
    product(ANNEAL_FP32, sizes[i][0], sizes[i][1], sizes[i][2], 1e-6);
  shared_product(ANNEAL_FP32, 5, 7);
  shared_product(ANNEAL_FP32, 1000, 33);
  shared_product(ANNEAL_IMITATED_BF16X3, 70, 45);
  for (int kind = 0; kind < 8; kind++) linear((anneal_activation)kind, kind % 3 != 0);
  for (int kind = 0; kind < 8; kind++) gated((anneal_activation)kind, 16 + kind);
  for (int kind = 0; kind < 8; kind++)
    if (!anneal_slope_from_result((anneal_activation)kind))
      sloped(ANNEAL_FP32, (anneal_activation)kind, 130 + kind, 391 + kind, 700);
  sloped(ANNEAL_FP32, ANNEAL_ACTIVATION_GELU, 5, 37, 19);
  sloped(ANNEAL_FP32, ANNEAL_ACTIVATION_GELU, 40, 37, 5000);
  sloped(ANNEAL_IMITATED_BF16X3, ANNEAL_ACTIVATION_SILU, 40, 37, 70);
  sloped(ANNEAL_FP32, ANNEAL_ACTIVATION_GELU, 0, 37, 19);
  sloped(ANNEAL_IMITATED_BF16, ANNEAL_ACTIVATION_GELU, 0, 37, 70);
  sloped(ANNEAL_IMITATED_BF16, ANNEAL_ACTIVATION_GELU, 40, 0, 70);
  float *out = numbers(12, 1), *old = copied(12, out);
  double zeros[12] = {0};
  anneal_gemm(ANNEAL_FP32, 3, 4, 0, (anneal_matrix){out, 1, 1}, (anneal_matrix){out, 1, 1}, out, 4, true);
  same("an empty product that is added", 12, out, old);
  anneal_gemm(ANNEAL_FP32, 3, 4, 0, (anneal_matrix){out, 1, 1}, (anneal_matrix){out, 1, 1}, out, 4, false);
  agree("an empty product", 12, out, zeros, 0);
  free(out), free(old);
}

/// A product of numbers that are bf16 already, and whose sums are exact, has no error at all.
static void exact_product(anneal_precision precision) {
  enum { m = 45, n = 39, k = 100 };
  float *a = blanks(m * k), *b = blanks(k * n), *out = blanks(m * n);
  for (int i = 0; i < m * k; i++) a[i] = (float)(i * 7 % 31 - 15);
  for (int i = 0; i < k * n; i++) b[i] = (float)(i * 11 % 37 - 18) / 16;
  double expected[m * n];
  for (int e = 0; e < m * n; e++) {
    expected[e] = 0;
    for (int p = 0; p < k; p++)
      expected[e] += (double)a[e / n * k + p] * (double)b[p * n + e % n];
  }
  anneal_gemm(
    precision, m, n, k, (anneal_matrix){a, k, 1}, (anneal_matrix){b, n, 1}, out, n, false);
  agree("a product of bf16 numbers", m * n, out, expected, 0);
  free(a), free(b), free(out);
}

/// Weights that were packed beforehand.
static void panels(int64_t m, int64_t n, int64_t k, bool turned) {
  float *x = numbers(m * k, 1), *w = numbers(k * n, 2), *bias = numbers(n, 3), *out = blanks(m * n);
  anneal_matrix view = turned ? (anneal_matrix){w, 1, k} : (anneal_matrix){w, n, 1};
  float *packed = blanks(anneal_panels_size(n, k));
  anneal_panels_pack(n, k, view, packed);
  anneal_panels weights = {n, k, anneal_current_level(), packed};
  anneal_panel_map map = {weights, bias, out};
  anneal_panels_linear(m, x, 1, &map, ANNEAL_ACTIVATION_RELU, n);
  double *expected = malloc((size_t)(m * n) * sizeof *expected);
  if (!expected) abort();
  for (int64_t e = 0; e < m * n; e++) {
    double sum = (double)bias[e % n];
    for (int64_t p = 0; p < k; p++) sum += (double)x[e / n * k + p] * at(view, p, e % n);
    expected[e] = fmax(0, sum);
  }
  agree("a product with packed weights", m * n, out, expected, 3e-5);
  free(x), free(w), free(bias), free(out), free(packed), free(expected);
}

/// Several maps of the same rows give side by side what each gives alone.
static void joint_panels(void) {
  enum { m = 7, k = 83, count = 3, all = 58 };
  static const int64_t widths[count] = {40, 1, 17};
  float *x = numbers(m * k, 5), *joint = blanks(m * all), *packed[count], *bias[count];
  anneal_panel_map maps[count];
  for (int64_t i = 0, first = 0; i < count; first += widths[i++]) {
    float *w = numbers(k * widths[i], (uint32_t)i + 6);
    packed[i] = blanks(anneal_panels_size(widths[i], k));
    bias[i] = i == 1 ? NULL : numbers(widths[i], 9);
    anneal_panels_pack(widths[i], k, (anneal_matrix){w, 1, k}, packed[i]);
    free(w);
    anneal_panels weights = {widths[i], k, anneal_current_level(), packed[i]};
    maps[i] = (anneal_panel_map){weights, bias[i], joint + first};
  }
  anneal_panels_linear(m, x, count, maps, ANNEAL_ACTIVATION_SILU, all);
  for (int64_t i = 0, first = 0; i < count; first += widths[i++]) {
    float *alone = blanks(m * widths[i]);
    maps[i].out = alone;
    anneal_panels_linear(m, x, 1, maps + i, ANNEAL_ACTIVATION_SILU, widths[i]);
    for (int64_t r = 0; r < m; r++)
      same("packed weights side by side", widths[i], joint + r * all + first, alone + r * widths[i]);
    free(alone), free(packed[i]), free(bias[i]);
  }
  free(x), free(joint);
}

void test_panels(void) {
  joint_panels();
  static const int64_t shapes[][3] = {{1, 1, 1}, {1, 50, 7}, {2, 33, 400}, {5, 16, 64}, {6, 31, 800},
                                      {7, 100, 385}, {13, 5, 33}, {40, 65, 1000}};
  for (int i = 0; i < (int)(sizeof shapes / sizeof *shapes); i++)
    for (int turned = 0; turned < 2; turned++)
      panels(shapes[i][0], shapes[i][1], shapes[i][2], turned);
}

static bool is_illegal_here(void) {
  struct sigaction now;
  sigaction(SIGILL, NULL, &now);
  return now.sa_handler == SIG_DFL;
}

static void run_illegal(
  int64_t k, int64_t m, anneal_matrix a, float *out, int64_t tile) {
  (void)k, (void)m, (void)a, (void)out, (void)tile;
  raise(SIGILL);
}

static void pack_nothing(
  int64_t k, int64_t m, anneal_matrix a, float *out, int64_t tile) {
  (void)a;
  for (int64_t i = 0; i < (m + 31) / 32 * tile; i++) out[i] = 0;
  (void)k;
}

/// The trial that decides about AMX: right, wrong and illegal kernels.
static void trial(void) {
  gemm_kernels wrong = gemm_bf16_imitated, illegal = gemm_bf16_imitated;
  wrong.pack_rows = pack_nothing;
  illegal.pack_rows = run_illegal;
  const gemm_kernels *three = &gemm_bf16x3_imitated, *one = &gemm_bf16_imitated;
  demand(anneal_try_tiles(three, one) == ANNEAL_AMX_WORKS, "the trial of right tiles");
  demand(anneal_try_tiles(three, &wrong) == ANNEAL_AMX_WRONG, "the trial of wrong tiles");
  demand(anneal_try_tiles(one, one) == ANNEAL_AMX_WRONG, "the trial of tiles without lower parts");
  demand(anneal_try_tiles(&illegal, one) == ANNEAL_AMX_ILLEGAL, "the trial of illegal tiles");
  demand(anneal_try_tiles(three, one) == ANNEAL_AMX_WORKS, "another trial");
  demand(is_illegal_here(), "the handler of illegal instructions is what it was");
#if defined(__x86_64__)
  bool works = anneal_try_tiles(&gemm_bf16x3_amx, &gemm_bf16_amx) == ANNEAL_AMX_WORKS;
  demand(works == (anneal_amx() == ANNEAL_AMX_WORKS), "the trial of this processor's tiles");
#endif
}

void test_tiles(void) {
  static const struct {
    anneal_precision precision;
    double share;
  } kinds[] = {
    {ANNEAL_IMITATED_BF16X3, 5e-5}, {ANNEAL_IMITATED_BF16, 8e-3}, {ANNEAL_BF16X3, 5e-5},
    {ANNEAL_BF16, 8e-3},
  };
  for (int kind = 0; kind < 4; kind++) {
    exact_product(kinds[kind].precision);
    for (int i = 0; i < size_count; i++)
      product(kinds[kind].precision, sizes[i][0], sizes[i][1], sizes[i][2], kinds[kind].share);
  }
  trial();
}
