/// The tile registers of a processor with AMX. The numbers of registers are part of the instructions.
#define NAME(x) x##_amx
#define TARGET ANNEAL_AMX
/// Shapes the calling thread's tiles; without this, or after the release, its tiles are unusable.
#define TILES_CONFIGURE(shapes) _tile_loadconfig(shapes)
/// Forgets shapes and contents, so that switching threads costs nothing more.
#define TILES_RELEASE() _tile_release()
#define TILE_ZERO(t) _tile_zero(t)
/// Rows are `stride` bytes apart.
#define TILE_LOAD(t, memory, stride) _tile_loadd(t, memory, stride)
#define TILE_STORE(t, memory, stride) _tile_stored(t, memory, stride)
/// sums[i, j] += Σ over pairs p of a[i, p] · b[p, j].
#define TILE_DOT(sums, a, b) _tile_dpbf16ps(sums, a, b)
