import Records

/// Where resampling gets its random numbers from.
public enum ResamplingGenerator: String, Sendable, CaseIterable {
  /// Anneal's own streams, keyed by seed and purpose.
  case counter
  /// NumPy's `default_rng`, drawn and counted as sacreBLEU and scipy do.
  case numpy
}

/// Random choices of records, one after the other.
struct ResamplingDraws {
  private enum Source {
    case counter(CounterRandom)
    case numpy(NumPyRandom)
  }

  private var source: Source

  init(_ generator: ResamplingGenerator, seed: UInt64, purpose: String) {
    source =
      switch generator {
      case .counter: .counter(CounterRandom(seed: seed, purpose: purpose))
      case .numpy: .numpy(NumPyRandom(seed: seed))
      }
  }

  /// How often each of `count` records occurs among as many drawn with replacement.
  mutating func weights(_ count: Int) -> [Int32] {
    var weights = [Int32](repeating: 0, count: count)
    switch source {
    case .counter(var random):
      for _ in 0..<count { weights[random.below(count)] += 1 }
      source = .counter(random)
    case .numpy(var random):
      for _ in 0..<count { weights[random.below(count)] += 1 }
      source = .numpy(random)
    }
    return weights
  }

  /// One random bit a record: record r's is bit r % 8 of byte r / 8.
  ///
  /// The bytes fill whole words; bits past the last record mean nothing.
  mutating func bits(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity((count + 7) / 8 + 7)
    switch source {
    case .counter(var random):
      while 8 * bytes.count < count { Self.append(random.next(), to: &bytes) }
      source = .counter(random)
    case .numpy(var random):
      while 8 * bytes.count < count {
        Self.append(random.bits(min(64, count - 8 * bytes.count)), to: &bytes)
      }
      source = .numpy(random)
    }
    return bytes
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
}
