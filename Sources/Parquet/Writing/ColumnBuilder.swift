import Records

/// Collects the values of one column of a row group, and writes their pages.
struct ColumnBuilder {
  let leaf: Leaf
  private var definitions: [UInt8] = []
  private var repetitions: [UInt8] = []
  /// The values in the plain encoding, and where each ends; booleans are a byte here.
  private var plain: [UInt8] = []
  private var ends: [Int] = []
  private var dictionary: DictionaryBuilder? = DictionaryBuilder()

  private static let largestPage = 1 << 20
  private static let mostEntries = 20_000

  init(_ leaf: Leaf) {
    self.leaf = leaf
    if leaf.type == .boolean { dictionary = nil }
  }

  /// About how many bytes are kept.
  var size: Int { plain.count + ends.count * 12 + definitions.count * 2 }

  /// Adds an entry without a value.
  mutating func appendNull(repetition: UInt8, definition: UInt8) {
    repetitions.append(repetition)
    definitions.append(definition)
  }

  /// Adds a value; false where it is none of the column's type.
  mutating func append(_ value: JSONValue, repetition: UInt8) -> Bool {
    let start = plain.count
    switch (leaf.type, value) {
    case (.boolean, .bool(let flag)): plain.append(flag ? 1 : 0)
    case (.int64, .number(let number)):
      guard let integer = Int64(number.literal) else { return false }
      withUnsafeBytes(of: integer.littleEndian) { plain.append(contentsOf: $0) }
    case (.double, .number(let number)):
      withUnsafeBytes(of: number.double.bitPattern.littleEndian) { plain.append(contentsOf: $0) }
    case (.bytes, _) where leaf.meaning == .json: append(bytes: value.bytes)
    case (.bytes, .string(var text)): text.withUTF8 { append(bytes: $0) }
    default: return false
    }
    ends.append(plain.count)
    repetitions.append(repetition)
    definitions.append(leaf.definition)
    if dictionary?.add(plain, from: start) == false { dictionary = nil }
    return true
  }

  private mutating func append(bytes: some Collection<UInt8>) {
    withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { plain.append(contentsOf: $0) }
    plain.append(contentsOf: bytes)
  }

  // MARK: - Pages

  /// The pages, a dictionary before them where that is smaller.
  func pages(_ codec: Codec) throws(ParquetFault) -> ColumnPagesWritten {
    var written = ColumnPagesWritten(values: definitions.count)
    let width = dictionary?.width ?? 0
    let chosen = dictionary.flatMap {
      $0.bytes.count + ends.count * width / 8 < plain.count * 9 / 10 ? $0 : nil
    }
    if let chosen {
      try written.append(chosen.bytes, codec, isDictionary: true) { header in
        header.structure(7) {
          $0.integer(1, chosen.count)
          $0.integer(2, Encoding.plain.rawValue)
        }
      }
    }
    var entry = 0
    var value = 0
    while entry < definitions.count {
      let (lastEntry, lastValue) = pageEnd(entry, value)
      var page = levels(repetitions[entry..<lastEntry], leaf.repetition)
      page += levels(definitions[entry..<lastEntry], leaf.definition)
      page += values(value..<lastValue, chosen)
      let encoding = chosen == nil ? Encoding.plain : .dictionary
      let count = lastEntry - entry
      try written.append(page, codec, isDictionary: false) { header in
        header.structure(5) {
          $0.integer(1, count)
          $0.integer(2, encoding.rawValue)
          $0.integer(3, Encoding.runs.rawValue)
          $0.integer(4, Encoding.runs.rawValue)
        }
      }
      (entry, value) = (lastEntry, lastValue)
    }
    written.usesDictionary = chosen != nil
    return written
  }

  /// Where a page ends that begins at an entry and a value: before a row.
  private func pageEnd(_ entry: Int, _ value: Int) -> (entry: Int, value: Int) {
    let start = value == 0 ? 0 : ends[value - 1]
    var entry = entry
    var value = value
    let first = entry
    while entry < definitions.count {
      if repetitions[entry] == 0, entry > first,
        entry - first >= Self.mostEntries
          || (value > 0 && ends[value - 1] - start >= Self.largestPage)
      {
        break
      }
      if definitions[entry] == leaf.definition { value += 1 }
      entry += 1
    }
    return (entry, value)
  }

  private func levels(_ levels: ArraySlice<UInt8>, _ highest: UInt8) -> [UInt8] {
    guard highest > 0 else { return [] }
    let runs = RunEncoder.encode(
      levels.lazy.map { UInt32($0) }, width: 8 - highest.leadingZeroBitCount)
    return withUnsafeBytes(of: UInt32(runs.count).littleEndian) { Array($0) } + runs
  }

  private func values(_ range: Range<Int>, _ dictionary: DictionaryBuilder?) -> [UInt8] {
    if let dictionary {
      return [UInt8(dictionary.width)]
        + RunEncoder.encode(dictionary.indices[range], width: dictionary.width)
    }
    let start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
    let bytes = plain[start..<(range.isEmpty ? start : ends[range.upperBound - 1])]
    guard leaf.type == .boolean else { return Array(bytes) }
    var bits = [UInt8](repeating: 0, count: (bytes.count + 7) / 8)
    for (index, flag) in bytes.enumerated() { bits[index >> 3] |= flag << UInt8(index & 7) }
    return bits
  }
}

/// The distinct values of a column, as long as they are few.
struct DictionaryBuilder {
  /// The values in the plain encoding.
  private(set) var bytes: [UInt8] = []
  private(set) var indices: [UInt32] = []
  private var places: [UInt64: (index: UInt32, range: Range<Int>)] = [:]

  private static let mostBytes = 1 << 20
  private static let mostValues = 1 << 16

  /// How many values there are.
  var count: Int { places.count }

  /// The bits that the number of a value takes.
  var width: Int { count < 2 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }

  /// Adds the value that begins at a place; false where values are too many for a dictionary.
  mutating func add(_ plain: [UInt8], from start: Int) -> Bool {
    let hash = plain.withUnsafeBufferPointer {
      StableHash.hash(UnsafeBufferPointer(rebasing: $0[start...]))
    }
    if let known = places[hash] {
      // Two values of one hash are so rare that the dictionary is given up.
      guard bytes[known.range].elementsEqual(plain[start...]) else { return false }
      indices.append(known.index)
      return true
    }
    guard count < Self.mostValues, bytes.count + plain.count - start <= Self.mostBytes else {
      return false
    }
    let index = UInt32(count)
    places[hash] = (index, bytes.count..<bytes.count + plain.count - start)
    bytes.append(contentsOf: plain[start...])
    indices.append(index)
    return true
  }
}

/// The pages of a column as bytes, and what the footer says of them.
struct ColumnPagesWritten {
  let values: Int
  private(set) var bytes: [UInt8] = []
  private(set) var size = 0
  /// Where the first page of values begins.
  private(set) var dataOffset = 0
  var usesDictionary = false

  init(values: Int) { self.values = values }

  /// Adds a page; `describe` writes what is particular to its kind.
  mutating func append(
    _ page: [UInt8], _ codec: Codec, isDictionary: Bool, _ describe: (inout CompactWriter) -> Void
  ) throws(ParquetFault) {
    let packed = try PagePacking.pack(page, codec)
    var header = CompactWriter()
    header.element {
      $0.integer(
        1, isDictionary ? PageHeader.Kind.dictionary.rawValue : PageHeader.Kind.data.rawValue)
      $0.integer(2, page.count)
      $0.integer(3, packed.count)
      describe(&$0)
    }
    bytes += header.bytes
    bytes += packed
    size += header.bytes.count + page.count
    if isDictionary { dataOffset = bytes.count }
  }
}
