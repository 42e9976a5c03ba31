/// The random numbers of NumPy's `default_rng(seed)`, so that results of tools that use it can be
/// reproduced.
///
/// PCG64 in its XSL-RR form (O'Neill 2014, pcg-random.org), seeded by NumPy's `SeedSequence`; 32-bit
/// numbers are the halves of a 64-bit one, the low half first. For everything else use
/// `CounterRandom`, whose streams do not depend on order.
public struct NumPyRandom: Sendable {
  private var state: UInt128
  private let increment: UInt128
  /// The high half of a number whose low half was given out.
  private var half: UInt32?
  /// Bits of 32-bit numbers not given out yet.
  private var bits: (word: UInt128, count: Int) = (0, 0)

  private static let multiplier: UInt128 =
    UInt128(0x2360_ED05_1FC6_5DA4) << 64 | UInt128(0x4385_DF64_9FCC_F645)

  /// The stream of a seed.
  public init(seed: UInt64) {
    let words = SeedSequence(seed).words64(4)
    increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
    state = 0
    step()
    state &+= UInt128(words[0]) << 64 | UInt128(words[1])
    step()
  }

  private mutating func step() { state = state &* Self.multiplier &+ increment }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    step()
    let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
    let turn = UInt64(truncatingIfNeeded: state >> 122)
    return folded >> turn | folded << ((64 &- turn) & 63)
  }

  /// The next 32 bits.
  public mutating func next32() -> UInt32 {
    if let half {
      self.half = nil
      return half
    }
    let whole = next()
    half = UInt32(whole >> 32)
    return UInt32(truncatingIfNeeded: whole)
  }

  /// The next element of `integers(0, bound, size)`, of `choice(bound, size)`: Lemire (2019).
  ///
  /// - Precondition: `bound` is positive and below 2^32.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0 && bound < 1 << 32, "no number is below \(bound) here")
    if bound == 1 { return 0 }
    let range = UInt32(bound)
    var product = UInt64(next32()) * UInt64(range)
    if UInt32(truncatingIfNeeded: product) < range {
      let threshold = (0 &- range) % range
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = UInt64(next32()) * UInt64(range)
      }
    }
    return Int(product >> 32)
  }

  /// The next `count` elements of `integers(2, size, dtype=bool)`, the first in the lowest bit.
  ///
  /// 32 of them share one number; what is left of it is kept for the next call.
  ///
  /// - Precondition: `count` is from 0 to 64.
  public mutating func bits(_ count: Int) -> UInt64 {
    precondition((0...64).contains(count), "\(count) bits of a word")
    while bits.count < count {
      bits.word |= UInt128(next32()) << UInt128(bits.count)
      bits.count += 32
    }
    let taken = UInt64(truncatingIfNeeded: bits.word)
    bits = (bits.word >> UInt128(count), bits.count - count)
    return count == 64 ? taken : taken & ((1 << UInt64(count)) - 1)
  }
}

/// NumPy's way to spread a seed over the state of a generator, after O'Neill's `seed_seq`.
private struct SeedSequence {
  private var pool = [UInt32](repeating: 0, count: 4)
  private var hash: UInt32 = 0x43B0_D7E5

  init(_ seed: UInt64) {
    let low = UInt32(truncatingIfNeeded: seed)
    let high = UInt32(seed >> 32)
    let entropy = high == 0 ? [low] : [low, high]
    for place in pool.indices { pool[place] = hashed(place < entropy.count ? entropy[place] : 0) }
    for source in pool.indices {
      for target in pool.indices where target != source {
        pool[target] = Self.mix(pool[target], hashed(pool[source]))
      }
    }
  }

  private mutating func hashed(_ value: UInt32) -> UInt32 {
    let salted = value ^ hash
    hash = hash &* 0x931E_8875
    let product = salted &* hash
    return product ^ product >> 16
  }

  private static func mix(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let sum = 0xCA01_F9DD &* left &- 0x4973_F715 &* right
    return sum ^ sum >> 16
  }

  /// The first numbers of the state.
  func words64(_ count: Int) -> [UInt64] {
    var hash: UInt32 = 0x8B51_F9DD
    let halves = (0..<2 * count).map { place -> UInt64 in
      let salted = pool[place % pool.count] ^ hash
      hash = hash &* 0x58F3_8DED
      let product = salted &* hash
      return UInt64(product ^ product >> 16)
    }
    return (0..<count).map { halves[2 * $0] | halves[2 * $0 + 1] << 32 }
  }
}
