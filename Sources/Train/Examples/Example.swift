import Records

/// A record as the model sees it: 4 bytes a token and 4 bytes a target are kept in memory.
package struct Example: Sendable {
  /// The record's id.
  package let id: String
  /// The record's number, which names it to dropout.
  package let key: UInt64
  /// The tokens.
  package let tokens: [Int32]
  /// The segments of the tokens; empty where all are 0.
  package let types: [Int32]
  /// What is to be predicted: one class, or one token a place; -100 counts for nothing.
  package let targets: [Int32]
  /// Whether tokens were cut off to fit the length.
  package let isTruncated: Bool

  /// An example whose key is that of its id.
  package init(
    id: String, tokens: [Int32], types: [Int32] = [], targets: [Int32], isTruncated: Bool
  ) {
    self.id = id
    key = StableHash.hash(id)
    self.tokens = tokens
    self.types = types.contains { $0 != 0 } ? types : []
    self.targets = targets
    self.isTruncated = isTruncated
  }

  /// How many targets count.
  package var counted: Int { targets.count { $0 >= 0 } }
}

extension [Example] {
  /// How many targets count in all.
  var counted: Int { reduce(0) { $0 + $1.counted } }

  /// A number that changes when any token or target does.
  var fingerprint: UInt64 {
    reduce(UInt64(count)) { hash, example in
      let ids = (example.tokens + example.targets).flatMap { token in
        (0..<4).map { UInt8(truncatingIfNeeded: token >> (8 * Int32($0))) }
      }
      return StableHash.hash(ids, seed: hash ^ example.key)
    }
  }
}
