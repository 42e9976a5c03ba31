// Kernels of the matrix product over tile registers; included once for each kind of them.
//
// Two tiles of rows by two of columns are summed at a time. Packed operands are rows of words, each
// the bf16 values of two adjacent steps: [lane][pair] for a, [pair][lane] for b. In three products
// (bf16x3) each tile of upper parts is followed by the tile of lower parts, what rounding left over.

typedef uint32_t NAME(words) __attribute__((ext_vector_type(16)));
typedef int32_t NAME(masks) __attribute__((ext_vector_type(16)));
typedef float NAME(floats) __attribute__((ext_vector_type(16)));
typedef uint32_t NAME(words_any) __attribute__((ext_vector_type(16), aligned(4)));

/// Bits of the nearest bf16 numbers, ties to even, with zeros below; not-a-number stays so.
ANNEAL_INLINE TARGET void NAME(round)(const NAME(words) *x, NAME(words) *out) {
  NAME(words) strange = (NAME(words))((*x & 0x7fffffffu) > 0x7f800000u);
  NAME(words) nearest = *x + 0x7fffu + ((*x >> 16) & 1u);
  *out = ((strange & (*x | 0x00400000u)) | (~strange & nearest)) & 0xffff0000u;
}

/// Words of 16 pairs of numbers: of their bf16 values and, for three products, of what is left.
ANNEAL_INLINE TARGET void NAME(split)(
  const int parts, const NAME(words) *even, const NAME(words) *odd, NAME(words) *upper,
  NAME(words) *lower) {
  NAME(words) first, second;
  NAME(round)(even, &first);
  NAME(round)(odd, &second);
  *upper = (first >> 16) | second;
  if (parts == 1) return;
  NAME(words) x = (NAME(words))((NAME(floats))*even - (NAME(floats))first);
  NAME(words) y = (NAME(words))((NAME(floats))*odd - (NAME(floats))second);
  NAME(round)(&x, &first);
  NAME(round)(&y, &second);
  *lower = (first >> 16) | second;
}

/// Exchanges the off-diagonal blocks of size `step` of 16 rows.
#define EXCHANGE(step, ...) \
  ANNEAL_UNROLL for (int i = 0; i < 16; i++) \
    if (!(i & step)) { \
      NAME(words) a = rows[i], b = rows[i + step]; \
      rows[i] = __builtin_shufflevector(a, b, __VA_ARGS__); \
      rows[i + step] = EXCHANGED_##step(a, b); \
    }
#define EXCHANGED_8(a, b) \
  __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
#define EXCHANGED_4(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define EXCHANGED_2(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define EXCHANGED_1(a, b) \
  __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)

/// Transposes 16 rows of 16 words in place.
ANNEAL_INLINE TARGET void NAME(transpose)(NAME(words) *rows) {
  EXCHANGE(8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
  EXCHANGE(4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
  EXCHANGE(2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
  EXCHANGE(1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
}
#undef EXCHANGE
#undef EXCHANGED_8
#undef EXCHANGED_4
#undef EXCHANGED_2
#undef EXCHANGED_1

/// One tile of whole lanes and steps. `along`: the steps of a lane are neighbours and lanes are
/// `stride` apart; otherwise the lanes of a step are neighbours and steps are `stride` apart.
ANNEAL_INLINE TARGET void NAME(pack_whole)(
  const int parts, const bool pairs_first, const bool along, const float *x, int64_t stride,
  uint32_t *out) {
  NAME(words) rows[2][16];
  for (int i = 0; i < 16; i++) {
    const float *first = along ? x + i * stride : x + 2 * i * stride;
    NAME(words) even = *(const NAME(words_any) *)first;
    NAME(words) odd = *(const NAME(words_any) *)(along ? first + 16 : first + stride);
    if (along) {
      NAME(words) u = even, v = odd;
      even = __builtin_shufflevector(
        u, v, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
      odd = __builtin_shufflevector(
        u, v, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    }
    NAME(split)(parts, &even, &odd, &rows[0][i], &rows[1][i]);
  }
  for (int part = 0; part < parts; part++) {
    if (along == pairs_first) NAME(transpose)(rows[part]);
    for (int i = 0; i < 16; i++)
      *(NAME(words_any) *)(out + part * tile_words + 16 * i) = rows[part][i];
  }
}

/// One tile of what there is of lanes and steps, with zeros for the rest.
static TARGET void NAME(pack_edge)(
  const int parts, const bool pairs_first, int64_t k, int64_t lanes, anneal_matrix x,
  uint32_t *out) {
  float whole[tile_lanes * tile_steps] = {0};
  for (int64_t l = 0; l < lanes; l++)
    for (int64_t p = 0; p < k; p++)
      whole[l * tile_steps + p] = x.base[p * x.row + l * x.column];
  if (parts == 1) {
    if (pairs_first) NAME(pack_whole)(1, true, true, whole, tile_steps, out);
    else NAME(pack_whole)(1, false, true, whole, tile_steps, out);
  } else {
    if (pairs_first) NAME(pack_whole)(2, true, true, whole, tile_steps, out);
    else NAME(pack_whole)(2, false, true, whole, tile_steps, out);
  }
}

/// Packs x[k, lanes] into panels of two tiles of lanes, `panel` floats apart.
ANNEAL_INLINE TARGET void NAME(pack_lanes)(
  const int parts, const bool pairs_first, int64_t k, int64_t lanes, anneal_matrix x, float *out,
  int64_t panel) {
  for (int64_t l = 0; l < lanes; l += 2 * tile_lanes, out += panel) {
    uint32_t *tile = (uint32_t *)out;
    for (int64_t p = 0; p < k; p += tile_steps)
      for (int64_t half = l; half < l + 2 * tile_lanes; half += tile_lanes) {
        const float *first = x.base + p * x.row + half * x.column;
        bool whole = lanes - half >= tile_lanes && k - p >= tile_steps;
        if (whole && x.row == 1) {
          NAME(pack_whole)(parts, pairs_first, true, first, x.column, tile);
        } else if (whole && x.column == 1) {
          NAME(pack_whole)(parts, pairs_first, false, first, x.row, tile);
        } else {
          anneal_matrix rest = {first, x.row, x.column};
          NAME(pack_edge)(
            parts, pairs_first, smaller(tile_steps, k - p), smaller(tile_lanes, lanes - half), rest,
            tile);
        }
        tile += parts * tile_words;
      }
  }
}

/// Register tiles: 0 to 3 hold sums, 4 and 5 rows of a, 6 and 7 columns of b.
#define LOAD_A(words) \
  TILE_LOAD(4, words, tile_row); \
  TILE_LOAD(5, (words) + parts * tile_words, tile_row)
#define LOAD_B(words) \
  TILE_LOAD(6, words, tile_row); \
  TILE_LOAD(7, (words) + parts * tile_words, tile_row)
#define DOTS \
  TILE_DOT(0, 4, 6); \
  TILE_DOT(1, 4, 7); \
  TILE_DOT(2, 5, 6); \
  TILE_DOT(3, 5, 7)

/// c[32, 32] (+)= a · b, over `k` steps of packed operands.
ANNEAL_INLINE TARGET void NAME(tile)(
  const int parts, int64_t k, const uint32_t *a, const uint32_t *b, float *c, int64_t c_row,
  bool accumulate) {
  float *below = c + tile_lanes * c_row;
  int64_t stride = c_row * (int64_t)sizeof(float);
  if (accumulate) {
    TILE_LOAD(0, c, stride);
    TILE_LOAD(1, c + tile_lanes, stride);
    TILE_LOAD(2, below, stride);
    TILE_LOAD(3, below + tile_lanes, stride);
  } else {
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
  }
  for (int64_t p = 0; p < k; p += tile_steps) {
    LOAD_A(a);
    if (parts == 2) {
      LOAD_B(b + tile_words);
      DOTS;
    }
    LOAD_B(b);
    DOTS;
    if (parts == 2) {
      LOAD_A(a + tile_words);
      DOTS;
    }
    a += 2 * parts * tile_words;
    b += 2 * parts * tile_words;
  }
  TILE_STORE(0, c, stride);
  TILE_STORE(1, c + tile_lanes, stride);
  TILE_STORE(2, below, stride);
  TILE_STORE(3, below + tile_lanes, stride);
}
#undef LOAD_A
#undef LOAD_B
#undef DOTS

/// The same for a part of the output that is smaller, by way of memory that is not.
ANNEAL_INLINE TARGET void NAME(edge_tile)(
  const int parts, int64_t rows, int64_t columns, int64_t k, const uint32_t *a, const uint32_t *b,
  float *c, int64_t c_row, bool accumulate) {
  enum { width = 2 * tile_lanes };
  float whole[width * width] = {0};
  for (int64_t i = 0; i < rows && accumulate; i++)
    memcpy(whole + i * width, c + i * c_row, (size_t)columns * sizeof(float));
  NAME(tile)(parts, k, a, b, whole, width, accumulate);
  for (int64_t i = 0; i < rows; i++)
    memcpy(c + i * c_row, whole + i * width, (size_t)columns * sizeof(float));
}

/// c[m, n] (+)= a[m, k] · b[k, n] on one thread, both packed. The tiles are this thread's for as long
/// as the call takes.
ANNEAL_INLINE TARGET void NAME(block)(
  const int parts, int64_t m, int64_t n, int64_t k, const float *a, int64_t a_tile, const float *b,
  int64_t b_panel, float *c, int64_t c_row, bool accumulate) {
  const int64_t width = 2 * tile_lanes;
  TILES_CONFIGURE(&whole_tiles);
  for (int64_t j = 0; j < n; j += width, b += b_panel) {
    const float *rows = a;
    for (int64_t i = 0; i < m; i += width, rows += a_tile) {
      float *out = c + i * c_row + j;
      const uint32_t *x = (const uint32_t *)rows, *y = (const uint32_t *)b;
      if (m - i >= width && n - j >= width)
        NAME(tile)(parts, k, x, y, out, c_row, accumulate);
      else
        NAME(edge_tile)(
          parts, smaller(width, m - i), smaller(width, n - j), k, x, y, out, c_row, accumulate);
    }
  }
  TILES_RELEASE();
}

/// The kernels for one product of upper parts, or three with lower ones.
#define KERNELS_OF(kind, parts, steps) \
  static TARGET void NAME(kind##_block)( \
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column, \
    int64_t a_tile, const float *b, int64_t b_panel, float *c, int64_t c_row, bool accumulate) { \
    (void)a_row, (void)a_column; \
    NAME(block)(parts, m, n, k, a, a_tile, b, b_panel, c, c_row, accumulate); \
  } \
  static TARGET void NAME(kind##_pack)( \
    int64_t k, int64_t n, anneal_matrix b, float *out, int64_t panel) { \
    NAME(pack_lanes)(parts, true, k, n, b, out, panel); \
  } \
  static TARGET void NAME(kind##_pack_rows)( \
    int64_t k, int64_t m, anneal_matrix a, float *out, int64_t tile) { \
    NAME(pack_lanes)(parts, false, k, m, a, out, tile); \
  } \
  const gemm_kernels NAME(gemm_##kind) = { \
    .rows = 2 * tile_lanes, \
    .columns = 2 * tile_lanes, \
    .unit = tile_steps, \
    .floats_of_two = parts, \
    .depth = steps, \
    .block = NAME(kind##_block), \
    .pack = NAME(kind##_pack), \
    .pack_rows = NAME(kind##_pack_rows), \
  };
KERNELS_OF(bf16, 1, 384)
KERNELS_OF(bf16x3, 2, 192)

#undef KERNELS_OF
#undef NAME
#undef TARGET
#undef TILES_CONFIGURE
#undef TILES_RELEASE
#undef TILE_ZERO
#undef TILE_LOAD
#undef TILE_STORE
#undef TILE_DOT
