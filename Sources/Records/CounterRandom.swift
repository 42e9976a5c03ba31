#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Random numbers that are a pure function of (seed, purpose, record, position).
///
/// Every record gets its own stream, so results never depend on threads, batches or the order in
/// which records are visited. The stream is SplitMix64 (Steele, Lea and Flood, 2014), whose n-th
/// value is a mix of key + n · golden ratio.
///
/// ```swift
/// var random = CounterRandom(seed: 42, purpose: "augment.synonyms", record: record.id)
/// if random.uniform() < rate { … }
/// ```
public struct CounterRandom: RandomNumberGenerator, Sendable {
  private let key: UInt64
  /// How many values have been drawn; set it to continue a stream.
  public var position: UInt64

  /// The stream of one record in one place of the program.
  public init(seed: UInt64, purpose: String, record: String = "", position: UInt64 = 0) {
    let outer = StableHash.hash(purpose, seed: Self.mix(seed))
    key = StableHash.hash(record, seed: outer)
    self.position = position
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    position &+= 1
    return Self.mix(key &+ position &* 0x9E37_79B9_7F4A_7C15)
  }

  /// The next number, uniform in [0, 1), with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The next integer, uniform in 0 ..< bound, by Lemire's method (2019).
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "no number is below \(bound)")
    // The standard library's method may change; numbers that records depend on may not.
    let bound = UInt64(bound)
    while true {
      let product = next().multipliedFullWidth(by: bound)
      // What is drawn anew lies below a remainder of the bound: a division that few numbers need.
      if product.low >= bound || product.low >= (0 &- bound) % bound { return Int(product.high) }
    }
  }

  /// The next number from the standard normal distribution (Box–Muller, two draws).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// The finalizer of SplitMix64: each input bit changes half of the output bits.
  public static func mix(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
