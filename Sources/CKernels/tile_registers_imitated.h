/// Plain memory that does what the tile registers of AMX do, faults included: a thread that has not
/// configured its tiles, or misshapes them, ends the program.
///
/// After the pseudo-code of LDTILECFG, TILELOADD, TILESTORED and TDPBF16PS in Intel's "Architecture
/// Instruction Set Extensions Programming Reference".
#define NAME(x) x##_imitated
#define TARGET
#define TILES_CONFIGURE(shapes) imitated_configure(shapes)
#define TILES_RELEASE() imitated_release()
#define TILE_ZERO(t) imitated_zero(t)
#define TILE_LOAD(t, memory, stride) imitated_load(t, memory, stride)
#define TILE_STORE(t, memory, stride) imitated_store(t, memory, stride)
#define TILE_DOT(sums, a, b) imitated_dot(sums, a, b)

static _Thread_local struct {
  tile_configuration shapes;
  _Alignas(tile_row) uint8_t rows[8][16][tile_row];
} tiles;

typedef uint32_t imitated_words __attribute__((ext_vector_type(16), aligned(4)));
typedef float imitated_floats __attribute__((ext_vector_type(16), aligned(4)));

static void imitated_release(void) { memset(&tiles, 0, sizeof tiles); }

static void imitated_configure(const void *shapes) {
  imitated_release();
  memcpy(&tiles.shapes, shapes, sizeof tiles.shapes);
  bool right = tiles.shapes.palette == 1 && tiles.shapes.start_row == 0;
  for (int i = 0; i < 14; i++) right &= tiles.shapes.reserved[i] == 0;
  for (int t = 0; t < 16; t++) {
    uint16_t bytes = tiles.shapes.row_bytes[t], rows = tiles.shapes.rows[t];
    right &= t < 8 ? bytes <= tile_row && rows <= 16 && !bytes == !rows : bytes + rows == 0;
  }
  if (!right) abort();
}

static void demand_shape(int t) {
  if (tiles.shapes.palette == 0 || tiles.shapes.rows[t] == 0) abort();
}

static void imitated_zero(int t) {
  demand_shape(t);
  memset(tiles.rows[t], 0, sizeof tiles.rows[t]);
}

static void imitated_load(int t, const void *memory, int64_t stride) {
  imitated_zero(t);
  for (int i = 0; i < tiles.shapes.rows[t]; i++)
    memcpy(tiles.rows[t][i], (const uint8_t *)memory + i * stride, tiles.shapes.row_bytes[t]);
}

static void imitated_store(int t, void *memory, int64_t stride) {
  demand_shape(t);
  for (int i = 0; i < tiles.shapes.rows[t]; i++)
    memcpy((uint8_t *)memory + i * stride, tiles.rows[t][i], tiles.shapes.row_bytes[t]);
}

/// Numbers too small to be normal count as zero, as operands and as results.
ANNEAL_INLINE void imitated_flush(imitated_floats *x) {
  imitated_words bits = (imitated_words)*x;
  imitated_words normal = (imitated_words)((bits & 0x7f800000u) != 0);
  *x = (imitated_floats)(bits & (normal | 0x80000000u));
}

/// sums += x · y, of the upper halves of words.
ANNEAL_INLINE void imitated_step(
  imitated_floats *sums, const imitated_words *x, const imitated_words *y) {
  imitated_floats first = (imitated_floats)(*x & 0xffff0000u);
  imitated_floats second = (imitated_floats)(*y & 0xffff0000u);
  imitated_flush(&first), imitated_flush(&second);
  *sums += first * second;
  imitated_flush(sums);
}

/// One row: the even and the odd steps are summed apart, then both are added to what was there. (A
/// product of two bf16 numbers is exact in fp32, so that it does not matter whether it is fused.)
/// Columns beyond the tile's are zeros in all three, and stay so.
static void imitated_dot_row(int pairs, const uint8_t *a, int b, uint8_t *row) {
  imitated_floats even = 0, odd = 0, *sums = (imitated_floats *)row;
  for (int p = 0; p < pairs; p++) {
    uint32_t pair;
    memcpy(&pair, a + 4 * p, sizeof pair);
    imitated_words x = pair, y = *(const imitated_words *)tiles.rows[b][p];
    imitated_step(&odd, &x, &y);
    x <<= 16, y <<= 16;
    imitated_step(&even, &x, &y);
  }
  even += odd;
  imitated_flush(&even), imitated_flush(sums);
  *sums += even;
  imitated_flush(sums);
}

static void imitated_dot(int sums, int a, int b) {
  const tile_configuration *s = &tiles.shapes;
  demand_shape(sums), demand_shape(a), demand_shape(b);
  bool fits = s->rows[sums] == s->rows[a] && s->row_bytes[sums] == s->row_bytes[b] &&
              s->row_bytes[a] == 4 * s->rows[b];
  if (!fits || sums == a || sums == b || a == b) abort();
  for (int i = 0; i < s->rows[sums]; i++)
    imitated_dot_row(s->rows[b], tiles.rows[a][i], b, tiles.rows[sums][i]);
}
