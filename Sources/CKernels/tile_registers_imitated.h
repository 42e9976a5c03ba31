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
  uint8_t rows[8][16][tile_row];
} tiles;

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
static float flushed(float x) { return fabsf(x) < FLT_MIN ? copysignf(0, x) : x; }

static float float_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return flushed(x);
}

/// One row: the even and the odd steps are summed apart, then both are added to what was there. (A
/// product of two bf16 numbers is exact in fp32, so that it does not matter whether it is fused.)
static void imitated_dot_row(int columns, int pairs, const uint8_t *a, int b, uint8_t *row) {
  float even[16] = {0}, odd[16] = {0}, sums[16];
  for (int p = 0; p < pairs; p++) {
    uint32_t x, y[16];
    memcpy(&x, a + 4 * p, sizeof x);
    memcpy(y, tiles.rows[b][p], sizeof y);
    const float first = float_of_bits(x << 16), second = float_of_bits(x & 0xffff0000);
    for (int j = 0; j < columns; j++) {
      even[j] = flushed(even[j] + first * float_of_bits(y[j] << 16));
      odd[j] = flushed(odd[j] + second * float_of_bits(y[j] & 0xffff0000));
    }
  }
  memcpy(sums, row, sizeof sums);
  for (int j = 0; j < columns; j++)
    sums[j] = flushed(flushed(sums[j]) + flushed(even[j] + odd[j]));
  memcpy(row, sums, sizeof sums);
}

static void imitated_dot(int sums, int a, int b) {
  const tile_configuration *s = &tiles.shapes;
  demand_shape(sums), demand_shape(a), demand_shape(b);
  bool fits = s->rows[sums] == s->rows[a] && s->row_bytes[sums] == s->row_bytes[b] &&
              s->row_bytes[a] == 4 * s->rows[b];
  if (!fits || sums == a || sums == b || a == b) abort();
  for (int i = 0; i < s->rows[sums]; i++)
    imitated_dot_row(
      s->row_bytes[sums] / 4, s->rows[b], tiles.rows[a][i], b, tiles.rows[sums][i]);
}
