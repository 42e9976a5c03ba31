// Kernels of the matrix product for one instruction set; see each_level.h.

typedef float NAME(vector) __attribute__((ext_vector_type(LANES)));
typedef float NAME(unaligned) __attribute__((ext_vector_type(LANES), aligned(4)));

/// Rows of a product of few rows that share a load of b: as many as leave room in the registers.
#define DOT_ROWS (ROWS > 6 ? 6 : 3)

/// A register tile: c[rows, 2 LANES] (+)= a[rows, k] · b[k, 2 LANES].
/// The 2 LANES floats of a step of `b` lie b_step after those of the step before. Each sum runs over
/// the steps in order. The output is fetched early, as it is needed only at the end.
ANNEAL_INLINE TARGET void NAME(tile)(
  const int rows, int64_t k, const float *a, int64_t a_row, int64_t a_column, const float *b,
  int64_t b_step, float *c, int64_t c_row, bool accumulate) {
  NAME(vector) sums[ROWS][2];
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    sums[i][0] = sums[i][1] = 0;
    __builtin_prefetch(c + i * c_row, 1);
    __builtin_prefetch(c + i * c_row + 2 * LANES - 1, 1);
  }
  // Every third row has a pointer of its own: of one, the compiler would make a chain of additions
  // longer than the step's multiplications take.
  const float *third[(ROWS + 2) / 3];
  ANNEAL_UNROLL for (int i = 0; i < (rows + 2) / 3; i++) {
    third[i] = a + 3 * i * a_row;
    __asm__("" : "+r"(third[i]));
  }
  _Pragma("clang loop unroll_count(2)")
  for (int64_t p = 0; p < k; p++) {
    NAME(vector) low = *(const NAME(unaligned) *)b, high = *(const NAME(unaligned) *)(b + LANES);
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
      float x = third[i / 3][i % 3 * a_row];
      sums[i][0] += x * low;
      sums[i][1] += x * high;
    }
    ANNEAL_UNROLL for (int i = 0; i < (rows + 2) / 3; i++) third[i] += a_column;
    b += b_step;
  }
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    NAME(unaligned) *low = (NAME(unaligned) *)(c + i * c_row);
    NAME(unaligned) *high = (NAME(unaligned) *)(c + i * c_row + LANES);
    *low = accumulate ? *low + sums[i][0] : sums[i][0];
    *high = accumulate ? *high + sums[i][1] : sums[i][1];
  }
}

/// A whole tile. The strides of rows read in place, and of packed ones, become constants: the fewer
/// instructions stand between the multiplications, the less a neighbour on the same core takes away.
ANNEAL_INLINE TARGET void NAME(whole_tile)(
  int64_t k, const float *a, int64_t a_row, int64_t a_column, const float *b, float *c,
  int64_t c_row, bool accumulate) {
  const int64_t step = 2 * LANES;
  if (a_column == 1) NAME(tile)(ROWS, k, a, a_row, 1, b, step, c, c_row, accumulate);
  else if (a_row == 1 && a_column == ROWS)
    NAME(tile)(ROWS, k, a, 1, ROWS, b, step, c, c_row, accumulate);
  else NAME(tile)(ROWS, k, a, a_row, a_column, b, step, c, c_row, accumulate);
}

/// The tile for a number of rows known at run time, on columns that may be fewer than a tile's.
static TARGET void NAME(edge_tile)(
  int rows, int64_t columns, int64_t k, const float *a, int64_t a_row, int64_t a_column,
  const float *b, int64_t b_step, float *c, int64_t c_row, bool accumulate) {
  float whole[ROWS * 2 * LANES];
  const int64_t width = 2 * LANES;
  for (int i = 0; i < rows && accumulate && columns < width; i++)
    memcpy(whole + i * width, c + i * c_row, (size_t)columns * sizeof(float));
  float *target = columns < width ? whole : c;
  int64_t target_row = columns < width ? width : c_row;
  switch (rows) {
#define CASE(n) \
  case n: \
    NAME(tile)(n, k, a, a_row, a_column, b, b_step, target, target_row, accumulate); \
    break;
    CASE(1) CASE(2) CASE(3) CASE(4)
#if ROWS > 4
    CASE(5) CASE(6)
#endif
#if ROWS > 6
    CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#endif
#undef CASE
  }
  for (int i = 0; i < rows && columns < width; i++)
    memcpy(c + i * c_row, whole + i * width, (size_t)columns * sizeof(float));
}

/// c[m, n] (+)= a[m, k] · b[k, n] on one thread. `b` is packed in panels `b_panel` floats apart.
/// Tile t of `a` starts at a + t * a_tile.
static TARGET void NAME(block)(
  int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
  int64_t a_tile, const float *b, int64_t b_panel, float *c, int64_t c_row, bool accumulate) {
  for (int64_t j = 0; j < n; j += 2 * LANES, b += b_panel) {
    const float *tile = a;
    int64_t lines = k * 2 * LANES / 16 * ROWS / larger(m, ROWS) + 1;
    const float *ahead = b + b_panel;
    for (int64_t i = 0; i < m; i += ROWS, tile += a_tile) {
      float *out = c + i * c_row + j;
      for (int64_t l = 0; l < lines; l++, ahead += 16) __builtin_prefetch(ahead, 0, 2);
      if (m - i >= ROWS && n - j >= 2 * LANES)
        NAME(whole_tile)(k, tile, a_row, a_column, b, out, c_row, accumulate);
      else
        NAME(edge_tile)(
          (int)smaller(ROWS, m - i), smaller(2 * LANES, n - j), k, tile, a_row, a_column, b,
          2 * LANES, out, c_row, accumulate);
    }
  }
}

/// c[rows, 2 LANES] = a · one packed panel, which is fetched from memory well before it is needed (what
/// lies behind it is the next panel), and so is the output, which another thread may have written last.
ANNEAL_INLINE TARGET void NAME(stream)(
  const int rows, int64_t k, const float *a, int64_t a_row, const float *b, float *c,
  int64_t c_row) {
  NAME(vector) sums[ROWS][2];
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    sums[i][0] = sums[i][1] = 0;
    __builtin_prefetch(c + i * c_row, 1);
    __builtin_prefetch(c + i * c_row + 2 * LANES - 1, 1);
  }
  for (int64_t p = 0; p < k; p++, b += 2 * LANES) {
    NAME(vector) low = *(const NAME(unaligned) *)b, high = *(const NAME(unaligned) *)(b + LANES);
    ANNEAL_UNROLL for (int l = 0; l < 2 * LANES; l += 16) __builtin_prefetch(b + l + 768);
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
      sums[i][0] += a[i * a_row + p] * low;
      sums[i][1] += a[i * a_row + p] * high;
    }
  }
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    *(NAME(unaligned) *)(c + i * c_row) = sums[i][0];
    *(NAME(unaligned) *)(c + i * c_row + LANES) = sums[i][1];
  }
}

/// The same for a number of rows known at run time.
static TARGET void NAME(stream_rows)(
  int rows, int64_t k, const float *a, int64_t a_row, const float *b, float *c, int64_t c_row) {
  switch (rows) {
#define CASE(n) \
  case n: NAME(stream)(n, k, a, a_row, b, c, c_row); break;
    CASE(1) CASE(2) CASE(3) CASE(4)
#if ROWS > 4
    CASE(5) CASE(6)
#endif
#if ROWS > 6
    CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#endif
#undef CASE
  }
}

/// c[m, n] = a · b for few rows and packed panels of b, `b_panel` floats apart, each of which comes from
/// memory once. Rows are shared out evenly, as tiles of one or two rows wait for their own sums.
static TARGET void NAME(panels)(
  int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, const float *b, int64_t b_panel,
  float *c, int64_t c_row) {
  const int64_t width = 2 * LANES, groups = (m + ROWS - 1) / ROWS;
  float edge[ROWS * 2 * LANES];
  for (int64_t j = 0; j < n; j += width, b += b_panel) {
    bool whole = n - j >= width;
    for (int64_t g = 0; g < groups; g++) {
      int64_t i = g * m / groups, rows = (g + 1) * m / groups - i;
      float *out = c + i * c_row + j;
      NAME(stream_rows)(
        (int)rows, k, a + i * a_row, a_row, b, whole ? out : edge, whole ? c_row : width);
      for (int64_t r = 0; r < rows && !whole; r++)
        memcpy(out + r * c_row, edge + r * width, (size_t)(n - j) * sizeof(float));
    }
  }
}

/// Four steps of the first `columns`, a multiple of four, of a panel from adjacent values of each column.
ANNEAL_INLINE TARGET void NAME(pack_four)(
  int64_t columns, const float *b, int64_t b_column, float *out) {
  typedef float four __attribute__((ext_vector_type(4)));
  typedef float loaded __attribute__((ext_vector_type(4), aligned(4)));
  for (int64_t j = 0; j < columns; j += 4) {
    four r0 = *(const loaded *)(b + j * b_column), r1 = *(const loaded *)(b + (j + 1) * b_column);
    four r2 = *(const loaded *)(b + (j + 2) * b_column);
    four r3 = *(const loaded *)(b + (j + 3) * b_column);
    four a = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
    four c = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
    four d = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
    four e = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
    *(loaded *)(out + j) = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    *(loaded *)(out + 2 * LANES + j) = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    *(loaded *)(out + 4 * LANES + j) = __builtin_shufflevector(d, e, 0, 1, 4, 5);
    *(loaded *)(out + 6 * LANES + j) = __builtin_shufflevector(d, e, 2, 3, 6, 7);
  }
}

/// Packs steps [0, k) of b[k, n], read in any order; panels are `panel` floats apart. Columns that
/// the last panel lacks become zeros.
static TARGET void NAME(pack_columns)(
  int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column, float *out,
  int64_t panel) {
  const int64_t width = 2 * LANES;
  for (int64_t j = 0; j < n; j += width, b += width * b_column, out += panel) {
    int64_t columns = smaller(width, n - j), fours = b_row == 1 ? columns / 4 * 4 : 0;
    int64_t steps = k / 4 * 4;
    if (columns < width) memset(out, 0, (size_t)(k * width) * sizeof(float));
    if (fours == width)
      for (int64_t p = 0; p < steps; p += 4)
        NAME(pack_four)(width, b + p, b_column, out + p * width);
    else if (fours > 0)
      for (int64_t p = 0; p < steps; p += 4)
        NAME(pack_four)(fours, b + p, b_column, out + p * width);
    for (int64_t c = 0; c < columns; c++)
      for (int64_t p = c < fours ? steps : 0; p < k; p++)
        out[p * width + c] = b[p * b_row + c * b_column];
  }
}

/// The same for b whose rows are contiguous: reads them one after the other.
static TARGET void NAME(pack_lines)(
  int64_t k, int64_t n, const float *b, int64_t b_row, float *out, int64_t panel) {
  const int64_t width = 2 * LANES;
  for (int64_t p = 0; p < k; p++, b += b_row, out += width) {
    float *line = out;
    int64_t j = 0;
    for (; j + width <= n; j += width, line += panel) {
      *(NAME(unaligned) *)line = *(const NAME(unaligned) *)(b + j);
      *(NAME(unaligned) *)(line + LANES) = *(const NAME(unaligned) *)(b + j + LANES);
    }
    for (int64_t c = 0; j < n && c < width; c++) line[c] = j + c < n ? b[j + c] : 0;
  }
}

/// Packs b[k, n] into panels `panel` floats apart.
static TARGET void NAME(pack)(
  int64_t k, int64_t n, anneal_matrix b, float *out, int64_t panel) {
  if (b.column == 1) NAME(pack_lines)(k, n, b.base, b.row, out, panel);
  else NAME(pack_columns)(k, n, b.base, b.row, b.column, out, panel);
}

/// Packs a, given as [k, m], into tiles of ROWS rows: ROWS floats a step, tiles `tile` floats apart.
static TARGET void NAME(pack_rows)(
  int64_t k, int64_t m, anneal_matrix a, float *out, int64_t tile) {
  typedef float part __attribute__((ext_vector_type(ROWS % 4 ? 2 : 4), aligned(4)));
  const int size = ROWS % 4 ? 2 : 4;
  int64_t whole = a.column == 1 ? m / ROWS * ROWS : 0;
  for (int64_t p = 0; p < k; p++, a.base += a.row, out += ROWS) {
    float *step = out;
    int64_t i = 0;
    for (; i < whole; i += ROWS, step += tile)
      ANNEAL_UNROLL for (int r = 0; r < ROWS; r += size)
        *(part *)(step + r) = *(const part *)(a.base + i + r);
    for (; i < m; i++) out[i / ROWS * tile + i % ROWS] = a.base[i * a.column];
  }
}

typedef float NAME(four) __attribute__((ext_vector_type(4)));

/// The sums of the lanes of four vectors.
ANNEAL_INLINE TARGET NAME(four) NAME(four_sums)(const NAME(vector) sums[4]) {
  NAME(four) x[4];
  ANNEAL_UNROLL for (int j = 0; j < 4; j++) {
    x[j] = __builtin_shufflevector(sums[j], sums[j], 0, 1, 2, 3);
#if LANES > 4
    x[j] += __builtin_shufflevector(sums[j], sums[j], 4, 5, 6, 7);
#endif
#if LANES > 8
    x[j] += __builtin_shufflevector(sums[j], sums[j], 8, 9, 10, 11);
    x[j] += __builtin_shufflevector(sums[j], sums[j], 12, 13, 14, 15);
#endif
  }
  NAME(four) a = __builtin_shufflevector(x[0], x[1], 0, 4, 2, 6) +
                 __builtin_shufflevector(x[0], x[1], 1, 5, 3, 7);
  NAME(four) b = __builtin_shufflevector(x[2], x[3], 0, 4, 2, 6) +
                 __builtin_shufflevector(x[2], x[3], 1, 5, 3, 7);
  return __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
}

/// c[rows, 4] (+)= a · b for four columns of b, which are contiguous and b_column apart.
ANNEAL_INLINE TARGET void NAME(dots)(
  const int rows, int64_t k, const float *a, int64_t a_row, const float *b, int64_t b_column,
  float *c, int64_t c_row, bool accumulate) {
  typedef float loaded __attribute__((ext_vector_type(4), aligned(4)));
  NAME(vector) sums[DOT_ROWS][4];
  ANNEAL_UNROLL for (int i = 0; i < rows; i++)
    ANNEAL_UNROLL for (int j = 0; j < 4; j++) sums[i][j] = 0;
  int64_t p = 0;
  for (; p + LANES <= k; p += LANES) {
    NAME(vector) x[DOT_ROWS];
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) x[i] = *(const NAME(unaligned) *)(a + i * a_row + p);
    ANNEAL_UNROLL for (int j = 0; j < 4; j++) {
      NAME(vector) y = *(const NAME(unaligned) *)(b + j * b_column + p);
      ANNEAL_UNROLL for (int i = 0; i < rows; i++) sums[i][j] += x[i] * y;
    }
  }
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    NAME(four) total = NAME(four_sums)(sums[i]);
    for (int64_t q = p; q < k; q++) {
      NAME(four) y = {b[q], b[b_column + q], b[2 * b_column + q], b[3 * b_column + q]};
      total += a[i * a_row + q] * y;
    }
    loaded *out = (loaded *)(c + i * c_row);
    *out = accumulate ? *out + total : total;
  }
}

/// Columns of b that are contiguous: each group of four is read from memory once, for all rows.
static TARGET void NAME(thin_columns)(
  int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, const float *b,
  int64_t b_column, float *c, int64_t c_row, bool accumulate) {
  for (int64_t j = 0; j < n; j += 4, b += 4 * b_column, c += 4) {
    int64_t i = 0;
    for (; i + DOT_ROWS <= m; i += DOT_ROWS)
      NAME(dots)(DOT_ROWS, k, a + i * a_row, a_row, b, b_column, c + i * c_row, c_row, accumulate);
    for (; i + 2 <= m; i += 2)
      NAME(dots)(2, k, a + i * a_row, a_row, b, b_column, c + i * c_row, c_row, accumulate);
    for (; i < m; i++)
      NAME(dots)(1, k, a + i * a_row, a_row, b, b_column, c + i * c_row, c_row, accumulate);
  }
}

/// c[n] += a[8] · b[8, n].
ANNEAL_INLINE TARGET void NAME(add_eight)(
  int64_t n, const float *a, const float *b, int64_t b_row, float *c) {
  for (int64_t j = 0; j < n; j += LANES) {
    NAME(vector) sum = *(const NAME(unaligned) *)(c + j);
    ANNEAL_UNROLL for (int p = 0; p < 8; p++)
      sum += a[p] * *(const NAME(unaligned) *)(b + p * b_row + j);
    *(NAME(unaligned) *)(c + j) = sum;
  }
}

/// Rows of b that are contiguous: eight at a time are read from memory once, for all rows of a, whose
/// sums stay in the first cache.
static TARGET void NAME(thin_lines)(
  int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, const float *b, int64_t b_row,
  float *c, int64_t c_row, bool accumulate) {
  for (int64_t i = 0; i < m && !accumulate; i++) memset(c + i * c_row, 0, (size_t)n * sizeof(float));
  int64_t p = 0;
  for (; p + 8 <= k; p += 8, b += 8 * b_row) {
    for (int64_t ahead = p + 8; ahead < smaller(p + 16, k); ahead++)
      for (int64_t j = 0; j < n; j += 16) __builtin_prefetch(b + (ahead - p) * b_row + j);
    for (int64_t i = 0; i < m; i++) NAME(add_eight)(n, a + i * a_row + p, b, b_row, c + i * c_row);
  }
  for (; p < k; p++, b += b_row)
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < n; j++) c[i * c_row + j] += a[i * a_row + p] * b[j];
}

/// c[m, n] (+)= a · b for few rows: b, whose rows or columns are contiguous, is read in place.
static TARGET void NAME(thin)(
  int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, anneal_matrix b, float *c,
  int64_t c_row, bool accumulate) {
  int64_t whole = n / (b.column == 1 ? LANES : 4) * (b.column == 1 ? LANES : 4);
  if (b.column == 1)
    NAME(thin_lines)(m, whole, k, a, a_row, b.base, b.row, c, c_row, accumulate);
  else
    NAME(thin_columns)(m, whole, k, a, a_row, b.base, b.column, c, c_row, accumulate);
  for (int64_t j = whole; j < n; j++)
    for (int64_t i = 0; i < m; i++) {
      float total = accumulate ? c[i * c_row + j] : 0;
      for (int64_t p = 0; p < k; p++)
        total += a[i * a_row + p] * b.base[p * b.row + j * b.column];
      c[i * c_row + j] = total;
    }
}

const gemm_kernels NAME(gemm) = {
  .rows = ROWS,
  .columns = 2 * LANES,
  .unit = 1,
  .floats_of_two = 2,
  .depth = 384,
  .reads_rows = true,
  .block = NAME(block),
  .pack = NAME(pack),
  .pack_rows = NAME(pack_rows),
  .thin = NAME(thin),
  .panels = NAME(panels),
};
#undef DOT_ROWS
