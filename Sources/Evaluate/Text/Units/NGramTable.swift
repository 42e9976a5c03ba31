/// Counts the n-grams of references and what a hypothesis shares with them, exactly.
///
/// An n-gram is the place in the table of its first n − 1 tokens, and its last token: one 64-bit key,
/// so that no two n-grams are ever confused. The table is flat and is sized once a record, so that
/// places stay.
struct NGramTable {
  /// Keys, 0 in empty places.
  private var keys: [UInt64] = []
  /// In each place, the greatest count in any reference.
  private var counts: [Int32] = []
  /// In each place, the count in the reference read last, and which one that was.
  private var latest: [(reference: Int32, count: Int32)] = []
  /// The table's length is two to this.
  private var bits = 6
  /// Where the n-grams of one order end in the tokens last read, -1 where the table has them not.
  private var places: [Int32] = []

  /// Empties the table and makes room for so many n-grams.
  mutating func begin(_ ngrams: Int) {
    bits = 6
    while 1 << bits < ngrams * 2 { bits += 1 }
    let size = 1 << bits
    if keys.count < size {
      keys = [UInt64](repeating: 0, count: size)
      counts = [Int32](repeating: 0, count: size)
      latest = [(Int32, Int32)](repeating: (-1, 0), count: size)
    } else {
      keys.withUnsafeMutableBufferPointer {
        UnsafeMutableBufferPointer(rebasing: $0[..<size]).update(repeating: 0)
      }
    }
  }

  /// Adds the n-grams of a reference, of orders 1 to `orders`.
  ///
  /// What the table holds afterwards is each n-gram's greatest count in one reference.
  mutating func add(_ tokens: [UInt32], orders: Int, reference: Int = 0) {
    makePlaces(tokens.count)
    let shift = UInt64(64 - bits)
    let mask = 1 << bits - 1
    let reference = Int32(truncatingIfNeeded: reference)
    tokens.withUnsafeBufferPointer { tokens in
      keys.withUnsafeMutableBufferPointer { keys in
        counts.withUnsafeMutableBufferPointer { counts in
          latest.withUnsafeMutableBufferPointer { latest in
            places.withUnsafeMutableBufferPointer { places in
              for order in 0..<min(orders, tokens.count) {
                for start in 0..<tokens.count - order {
                  let key = Self.key(order == 0 ? -1 : places[start], tokens[start + order])
                  var slot = Self.slot(key, shift)
                  while keys[slot] != key, keys[slot] != 0 { slot = (slot + 1) & mask }
                  if keys[slot] == 0 {
                    keys[slot] = key
                    counts[slot] = 0
                    latest[slot] = (reference, 0)
                  }
                  let before = latest[slot].reference == reference ? latest[slot].count : 0
                  latest[slot] = (reference, before + 1)
                  counts[slot] = max(counts[slot], before + 1)
                  places[start] = Int32(truncatingIfNeeded: slot)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Adds to each order how many n-grams of a hypothesis the references hold, counts clipped.
  ///
  /// The references' counts are used up: a table answers once.
  mutating func take(
    _ tokens: [UInt32], orders: Int, _ found: (_ order: Int, _ matches: Int) -> Void
  ) {
    makePlaces(tokens.count)
    let shift = UInt64(64 - bits)
    let mask = 1 << bits - 1
    tokens.withUnsafeBufferPointer { tokens in
      keys.withUnsafeBufferPointer { keys in
        counts.withUnsafeMutableBufferPointer { counts in
          places.withUnsafeMutableBufferPointer { places in
            for order in 0..<min(orders, tokens.count) {
              var matches = 0
              for start in 0..<tokens.count - order {
                let prefix = order == 0 ? -1 : places[start]
                if order > 0, prefix < 0 { continue }
                let key = Self.key(prefix, tokens[start + order])
                var slot = Self.slot(key, shift)
                while keys[slot] != key, keys[slot] != 0 { slot = (slot + 1) & mask }
                guard keys[slot] != 0 else {
                  places[start] = -1
                  continue
                }
                places[start] = Int32(truncatingIfNeeded: slot)
                if counts[slot] > 0 {
                  counts[slot] -= 1
                  matches += 1
                }
              }
              found(order, matches)
            }
          }
        }
      }
    }
  }

  private mutating func makePlaces(_ count: Int) {
    if places.count < count { places = [Int32](repeating: 0, count: count * 2) }
  }

  @inline(__always)
  private static func key(_ prefix: Int32, _ token: UInt32) -> UInt64 {
    UInt64(UInt32(bitPattern: prefix &+ 1)) << 32 | UInt64(token) &+ 1
  }

  @inline(__always)
  private static func slot(_ key: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }
}
