package import Stages

/// The file of a model: `anneal-lm 1`, the unit, the size of the vocabulary, and for each order its
/// discounts, n-grams and contexts, numbers in little-endian order.
extension KneserNeyModel {
  private static let magic = Array("anneal-lm 1\n".utf8)

  /// Writes the model to a file, whole or not at all.
  package func write(to path: String) throws(FileError) {
    var bytes = Self.magic
    bytes.append(unit == .words ? 0 : 1)
    Self.append(UInt64(vocabulary), to: &bytes)
    Self.append(UInt64(orders.count), to: &bytes)
    for order in orders {
      for discount in order.discounts { Self.append(discount.bitPattern, to: &bytes) }
      Self.append(UInt64(order.grams.count), to: &bytes)
      for gram in order.grams { Self.append(gram, to: &bytes) }
      for count in order.counts { Self.append(count, to: &bytes) }
      Self.append(UInt64(order.contexts.count), to: &bytes)
      for context in order.contexts {
        Self.append(context.hash, to: &bytes)
        Self.append(context.total, to: &bytes)
        for words in [context.once, context.twice, context.often] { Self.append(words, to: &bytes) }
      }
    }
    try AtomicFile.write(bytes, to: path)
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    var value = value.littleEndian
    withUnsafeBytes(of: &value) { bytes.append(contentsOf: $0) }
  }

  /// Reads a model from the bytes of its file; nil where they are none.
  package init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.magic) else { return nil }
    var reader = NumberReader(bytes: bytes, place: Self.magic.count)
    guard let unit: UInt8 = reader.next(), let vocabulary: UInt64 = reader.next(),
      let count: UInt64 = reader.next(), unit < 2, (1...8).contains(count), vocabulary > 1,
      vocabulary <= Int.max
    else { return nil }
    var orders: [Order] = []
    for _ in 0..<count {
      guard let order = Order(&reader) else { return nil }
      orders.append(order)
    }
    guard reader.place == bytes.count else { return nil }
    self.init(unit: unit == 0 ? .words : .bytes, orders: orders, vocabulary: Int(vocabulary))
  }
}

/// Numbers one behind the other, in little-endian order.
private struct NumberReader {
  let bytes: [UInt8]
  var place: Int

  mutating func next<Value: FixedWidthInteger>() -> Value? {
    let size = MemoryLayout<Value>.size
    guard bytes.count - place >= size else { return nil }
    defer { place += size }
    return (0..<size).reduce(0) { $0 | Value(bytes[place + $1]) << Value($1 * 8) }
  }

  /// So many numbers, where the file is long enough for them.
  mutating func list<Value: FixedWidthInteger>(_ count: UInt64) -> [Value]? {
    let size = MemoryLayout<Value>.size
    guard count <= UInt64(bytes.count - place) / UInt64(size) else { return nil }
    return (0..<count).compactMap { _ in next() }
  }
}

extension KneserNeyModel.Order {
  fileprivate init?(_ reader: inout NumberReader) {
    guard let discounts: [UInt64] = reader.list(3), let count: UInt64 = reader.next(),
      let grams: [UInt64] = reader.list(count), let counts: [UInt32] = reader.list(count),
      let size: UInt64 = reader.next()
    else { return nil }
    self.init(grams: grams, counts: counts, discounts: discounts.map(Double.init(bitPattern:)))
    let isSorted = zip(grams, grams.dropFirst()).allSatisfy { $0 < $1 }
    let hasDiscounts = self.discounts.enumerated().allSatisfy { level, discount in
      discount > 0 && discount <= Double(level + 1)
    }
    guard isSorted, hasDiscounts, counts.allSatisfy({ $0 > 0 }) else { return nil }
    for _ in 0..<size {
      guard let context = KneserNeyModel.Context(&reader),
        contexts.last.map({ $0.hash < context.hash }) ?? true
      else { return nil }
      contexts.append(context)
    }
  }
}

extension KneserNeyModel.Context {
  /// Reads a context whose words have a count each.
  fileprivate init?(_ reader: inout NumberReader) {
    guard let hash: UInt64 = reader.next(), let total: UInt64 = reader.next(),
      let words: [UInt32] = reader.list(3)
    else { return nil }
    self.init(hash: hash, total: total, once: words[0], twice: words[1], often: words[2])
    let least = [1, 2, 3].reduce(0) { $0 + UInt64($1) * UInt64(words[$1 - 1]) }
    guard total > 0, total >= least, least > 0 else { return nil }
  }
}
