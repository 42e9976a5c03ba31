/// Where the sequences of a batch lie among the rows of a tensor.
///
/// Batches are ragged: the tokens of all sequences stand one after the other in `[tokens, hidden]`,
/// without padding, so that no work is spent on it. Only attention and pooling look at sequences.
public struct SequenceLayout: Sendable, Hashable {
  /// The first row of each sequence.
  public let starts: [Int]
  /// The number of rows of each sequence; may be 0.
  public let lengths: [Int]
  /// Names each sequence to the dropout generator.
  public let keys: [UInt64]

  /// Sequences one after the other.
  ///
  /// `keys` tell the sequences apart in dropout masks. Where they are the records' own numbers, a
  /// mask does not depend on how records are batched; the default is the place in the batch.
  public init(lengths: [Int], keys: [UInt64]? = nil) {
    var starts: [Int] = []
    starts.reserveCapacity(lengths.count)
    var next = 0
    for length in lengths {
      precondition(length >= 0, "a sequence of length \(length)")
      starts.append(next)
      next += length
    }
    self.init(starts: starts, lengths: lengths, keys: keys)
  }

  /// Sequences in slots of `capacity` rows, of which the first `lengths` are in use.
  ///
  /// For key-value caches, and for padded batches whose padding stands on the right.
  public init(lengths: [Int], capacity: Int, keys: [UInt64]? = nil) {
    for length in lengths {
      precondition(0...capacity ~= length, "a sequence of length \(length) in \(capacity) rows")
    }
    self.init(starts: lengths.indices.map { $0 * capacity }, lengths: lengths, keys: keys)
  }

  private init(starts: [Int], lengths: [Int], keys: [UInt64]?) {
    self.starts = starts
    self.lengths = lengths
    self.keys = keys ?? lengths.indices.map { UInt64($0) }
    precondition(
      self.keys.count == lengths.count, "\(self.keys.count) keys for \(lengths.count) sequences")
  }

  /// Some of the sequences in the given order, over the same rows; one may be there more than once.
  public func selecting(_ sequences: [Int]) -> SequenceLayout {
    SequenceLayout(
      starts: sequences.map { starts[$0] }, lengths: sequences.map { lengths[$0] },
      keys: sequences.map { keys[$0] })
  }

  /// The number of sequences.
  public var count: Int { lengths.count }
  /// The number of rows in use.
  public var tokens: Int { lengths.reduce(0, +) }
  /// The length of the longest sequence; 0 without sequences.
  public var longest: Int { lengths.max() ?? 0 }
  /// The number of rows a tensor of this layout has at least.
  public var rows: Int { zip(starts, lengths).map { $0 + $1 }.max() ?? 0 }

  /// The place of each row within its sequence, in row order.
  public var positions: [Int32] {
    lengths.flatMap { (0..<Int32($0)) }
  }

  /// The first row of each sequence.
  public var firstRows: [Int32] { starts.map { Int32($0) } }
  /// The last row of each sequence; sequences must not be empty.
  public var lastRows: [Int32] {
    zip(starts, lengths).map { Int32($0 + $1 - 1) }
  }

  /// One key per row, for dropout over tokens.
  public var tokenKeys: RowKeys {
    var values = [UInt64](repeating: 0, count: rows)
    for (sequence, start) in starts.enumerated() {
      for position in 0..<lengths[sequence] {
        values[start + position] = RowKeys.combine(keys[sequence], UInt64(position))
      }
    }
    return RowKeys(values, of: self)
  }

  /// One key per sequence, for dropout over pooled rows.
  public var sequenceKeys: RowKeys { RowKeys(keys.map { RowKeys.combine($0, .max) }) }

  /// Drops the padding of masked rows: the layout of what stays, and the places that stay.
  ///
  /// `mask` holds `sequences` rows of equal length; places where it is 0 are padding, wherever they
  /// stand. `places` index the flattened batch, in order.
  public static func packing(
    mask: [[Int32]], keys: [UInt64]? = nil
  ) -> (layout: SequenceLayout, places: [Int32]) {
    let width = mask.first?.count ?? 0
    var places: [Int32] = []
    var lengths: [Int] = []
    for (row, entries) in mask.enumerated() {
      precondition(entries.count == width, "mask row \(row) has \(entries.count), not \(width)")
      let kept = entries.indices.filter { entries[$0] != 0 }
      lengths.append(kept.count)
      places += kept.map { Int32(row * width + $0) }
    }
    return (SequenceLayout(lengths: lengths, keys: keys), places)
  }
}

/// Names of rows to the dropout generator: rows with equal keys get equal masks within an operation.
public struct RowKeys: Sendable, Hashable {
  let values: [UInt64]
  /// Where the sequences of the rows lie, where they are all rows of some.
  let layout: SequenceLayout?

  init(_ values: [UInt64], of layout: SequenceLayout? = nil) {
    self.values = values
    self.layout = layout
  }

  /// Rows named by their place.
  public static func places(_ count: Int) -> RowKeys { RowKeys((0..<count).map { UInt64($0) }) }

  /// The finaliser of SplitMix64 over a pair.
  static func combine(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var bits = first &* 0x9e37_79b9_7f4a_7c15 &+ second &+ 0x632b_e59b_d9b4_e019
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
