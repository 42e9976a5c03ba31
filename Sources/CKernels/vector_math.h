// Vectors and their elementary functions for one instruction set; see each_level.h.

typedef float NAME(vf) __attribute__((ext_vector_type(LANES)));
typedef int32_t NAME(vi) __attribute__((ext_vector_type(LANES)));
typedef uint32_t NAME(vu) __attribute__((ext_vector_type(LANES)));
typedef float NAME(vf_any) __attribute__((ext_vector_type(LANES), aligned(4)));

ANNEAL_INLINE TARGET NAME(vf) NAME(load)(const float *p) { return *(const NAME(vf_any) *)p; }
ANNEAL_INLINE TARGET void NAME(store)(float *p, NAME(vf) x) { *(NAME(vf_any) *)p = x; }

/// The first `count` < LANES values at p; the others are `rest`.
ANNEAL_INLINE TARGET NAME(vf) NAME(load_part)(const float *p, int64_t count, float rest) {
  NAME(vf) x = rest;
  memcpy(&x, p, (size_t)count * sizeof(float));
  return x;
}
ANNEAL_INLINE TARGET void NAME(store_part)(float *p, int64_t count, NAME(vf) x) {
  memcpy(p, &x, (size_t)count * sizeof(float));
}

ANNEAL_INLINE TARGET NAME(vf) NAME(select)(NAME(vi) mask, NAME(vf) yes, NAME(vf) no) {
  return (NAME(vf))((mask & (NAME(vi))yes) | (~mask & (NAME(vi))no));
}

ANNEAL_INLINE TARGET float NAME(sum)(NAME(vf) x) {
  float lanes[LANES];
  memcpy(lanes, &x, sizeof lanes);
  ANNEAL_UNROLL for (int half = LANES / 2; half > 0; half /= 2)
    ANNEAL_UNROLL for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0];
}
ANNEAL_INLINE TARGET float NAME(highest)(NAME(vf) x) {
  float top = x[0];
  ANNEAL_UNROLL for (int i = 1; i < LANES; i++) top = x[i] > top ? x[i] : top;
  return top;
}

/// e^x within 2 units in the last place; arguments are clamped to where the result is normal.
ANNEAL_INLINE TARGET NAME(vf) NAME(exp)(NAME(vf) x) {
  const NAME(vf) lowest = -87.3f, largest = 88.3f;
  x = NAME(select)(x > lowest, x, lowest);
  x = NAME(select)(x < largest, x, largest);
  NAME(vf) shifted = x * 1.44269504f + 12582912.0f;
  NAME(vf) n = shifted - 12582912.0f;
  NAME(vf) r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  NAME(vf) y = 1.9875691500e-4f;
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * (r * r) + r + 1.0f;
  NAME(vi) exponent = __builtin_convertvector(n, NAME(vi)) << 23;
  return (NAME(vf))((NAME(vi))y + exponent);
}

/// tanh by a rational function that is exact to a few units in the last place (Eigen's).
ANNEAL_INLINE TARGET NAME(vf) NAME(tanh)(NAME(vf) x) {
  const NAME(vf) limit = 7.90531110763549805f;
  x = NAME(select)(x < limit, x, limit);
  x = NAME(select)(x > -limit, x, -limit);
  NAME(vf) s = x * x, p = -2.76076847742355e-16f, q = 1.19825839466702e-06f;
  p = p * s + 2.00018790482477e-13f;
  p = p * s + -8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  q = q * s + 1.18534705686654e-04f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  return x * p / q;
}

ANNEAL_INLINE TARGET NAME(vf) NAME(sigmoid)(NAME(vf) x) { return 1.0f / (1.0f + NAME(exp)(-x)); }

/// The normal distribution's integral to x, error at most 1e-7, and its density.
/// Abramowitz and Stegun 7.1.26, whose exponential is the density's.
ANNEAL_INLINE TARGET NAME(vf) NAME(normal)(NAME(vf) x, NAME(vf) *density) {
  NAME(vf) size = NAME(select)(x < 0, -x, x);
  NAME(vf) bell = NAME(exp)(x * x * -0.5f);
  NAME(vf) t = 1.0f / (1.0f + size * 0.231641888f);
  NAME(vf) y = 0.5307027145f;
  y = y * t + -0.7265760135f;
  y = y * t + 0.7107068705f;
  y = y * t + -0.142248368f;
  y = y * t + 0.127414796f;
  NAME(vf) tail = y * t * bell;
  *density = bell * 0.398942280f;
  return NAME(select)(x < 0, tail, 1.0f - tail);
}

/// One vector of the dropout generator: 1 / (1 - p) or 0 for columns column + [0, LANES).
/// `row` is the row's key mixed with the seed, `threshold` 31 bits; see random.h.
ANNEAL_INLINE TARGET NAME(vf) NAME(dropout_factors)(
  uint64_t row, int64_t column, int32_t threshold, float factor) {
  NAME(vu) x;
  ANNEAL_UNROLL for (int i = 0; i < LANES; i++) x[i] = (uint32_t)i;
  x = (x + (uint32_t)column) * 0x9e3779b9u + (uint32_t)row;
  x ^= x >> 16;
  x *= 0x21f0aaadu;
  x ^= (x >> 15) ^ (uint32_t)(row >> 32);
  x *= 0x735a2d97u;
  x ^= x >> 15;
  NAME(vi) kept = (NAME(vi))(x >> 1) >= threshold;
  NAME(vf) value = factor;
  return (NAME(vf))(kept & (NAME(vi))value);
}
