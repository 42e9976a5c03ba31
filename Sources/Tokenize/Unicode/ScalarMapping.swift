/// A mapping from single scalars to short sequences of scalars; most scalars map to themselves.
struct ScalarMapping: Sendable {
  /// Place and number of the results in the pool: `place << 8 | count`, or `.max` for no entry.
  private let places: ScalarTable<UInt32>
  private let pool: [UInt32]
  private static let none = UInt32.max

  /// Takes entries in ascending order of their source.
  init(_ entries: [(source: UInt32, scalars: ArraySlice<UInt32>)]) {
    var pool: [UInt32] = []
    var places: [(scalar: UInt32, value: UInt32)] = []
    for entry in entries {
      places.append((entry.source, UInt32(pool.count) << 8 | UInt32(entry.scalars.count)))
      pool.append(contentsOf: entry.scalars)
    }
    self.places = ScalarTable(empty: Self.none, entries: places)
    self.pool = pool
  }

  /// Whether a scalar maps to anything but itself.
  @inline(__always)
  func changes(_ scalar: UInt32) -> Bool { places[scalar] != Self.none }

  /// What a scalar maps to, or nil where it stays itself.
  @inline(__always)
  func result(of scalar: UInt32) -> ArraySlice<UInt32>? {
    let place = places[scalar]
    guard place != Self.none else { return nil }
    let start = Int(place >> 8)
    return pool[start..<start + Int(place & 0xFF)]
  }

  /// Lower case by single scalars, as Rust's `char::to_lowercase`: no rule looks at neighbours.
  static let lowercase = ScalarMapping(UnicodeData.mapping(UnicodeData.lowercase))

  /// Full canonical decompositions, Hangul syllables excepted.
  static let canonical = ScalarMapping(UnicodeData.mapping(UnicodeData.canonicalDecompositions))

  /// Full compatibility decompositions, Hangul syllables excepted.
  static let compatibility: ScalarMapping = {
    var merged = UnicodeData.mapping(UnicodeData.canonicalDecompositions)
    let own = UnicodeData.mapping(UnicodeData.compatibilityDecompositions)
    let replaced = Set(own.map(\.source))
    merged.removeAll { replaced.contains($0.source) }
    return ScalarMapping((merged + own).sorted { $0.source < $1.source })
  }()
}
