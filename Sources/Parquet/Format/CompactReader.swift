/// What is wrong with a Parquet file, found where neither its name nor the column is known.
struct ParquetFault: Error, Equatable {
  /// What is wrong, as a clause.
  let reason: String
  /// The file is sound, but uses what is not read.
  var isUnsupported = false
  /// The bytes end within a value: with more of them it may be sound.
  var endsEarly = false

  init(_ reason: String) { self.reason = reason }

  /// A feature that is not read.
  static func unsupported(_ what: String) -> ParquetFault {
    var fault = ParquetFault("\(what) is not read")
    fault.isUnsupported = true
    return fault
  }

  static var truncated: ParquetFault {
    var fault = ParquetFault("it ends within a value")
    fault.endsEarly = true
    return fault
  }
}

/// Reads Thrift's compact protocol, in which Parquet writes its footer and the headers of pages.
///
/// Every count is checked against the bytes that are left, so that nothing is allocated on the word
/// of a broken file. Specification: thrift-compact-protocol.md of Apache Thrift.
struct CompactReader {
  /// The types of fields and elements.
  enum Kind: UInt8 {
    case yes = 1
    case no, byte, short, integer, long, double, binary, list, set, map, structure
  }

  /// The header of a field.
  struct Field {
    let id: Int
    let kind: Kind
  }

  private let bytes: ArraySlice<UInt8>
  /// The place of the next byte.
  private(set) var position: Int
  private static let deepest = 32

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  private var left: Int { bytes.endIndex - position }

  private mutating func byte() throws(ParquetFault) -> UInt8 {
    guard position < bytes.endIndex else { throw .truncated }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      guard shift < 64 else { throw ParquetFault("a number has too many bytes") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  private mutating func zigzag() throws(ParquetFault) -> Int {
    let value = try varint()
    return Int(truncatingIfNeeded: value >> 1) ^ -Int(value & 1)
  }

  private func kind(_ nibble: UInt8) throws(ParquetFault) -> Kind {
    guard let kind = Kind(rawValue: nibble) else { throw ParquetFault("a field has no known type") }
    return kind
  }

  /// The next field of a structure, nil at its end; `last` is the id before, at first 0.
  mutating func field(after last: inout Int) throws(ParquetFault) -> Field? {
    let head = try byte()
    if head == 0 { return nil }
    let id = head >> 4 == 0 ? try zigzag() : last + Int(head >> 4)
    guard (0...0x7FFF).contains(id) else { throw ParquetFault("a field has the number \(id)") }
    last = id
    return Field(id: id, kind: try kind(head & 15))
  }

  /// The value of an integer field.
  mutating func integer(_ field: Field) throws(ParquetFault) -> Int {
    switch field.kind {
    case .byte: Int(Int8(bitPattern: try byte()))
    case .short, .integer, .long: try zigzag()
    default: throw ParquetFault("field \(field.id) is no number")
    }
  }

  /// The value of a boolean field.
  func boolean(_ field: Field) throws(ParquetFault) -> Bool {
    switch field.kind {
    case .yes: true
    case .no: false
    default: throw ParquetFault("field \(field.id) is neither true nor false")
    }
  }

  /// The value of a text field.
  mutating func text(_ field: Field) throws(ParquetFault) -> String {
    guard field.kind == .binary else { throw ParquetFault("field \(field.id) is no text") }
    return try text()
  }

  /// A text that is an element of a list.
  mutating func text() throws(ParquetFault) -> String {
    let range = try binary()
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw ParquetFault("a name is not UTF-8")
    }
    return text
  }

  private mutating func binary() throws(ParquetFault) -> Range<Int> {
    let count = try varint()
    guard count <= UInt64(left) else { throw .truncated }
    let start = position
    position += Int(count)
    return start..<position
  }

  /// Begins a list of elements of a type and says how many there are.
  mutating func list(_ field: Field, of kind: Kind) throws(ParquetFault) -> Int {
    guard field.kind == .list else { throw ParquetFault("field \(field.id) is no list") }
    let (count, found) = try listHead()
    guard found == kind || count == 0 else {
      throw ParquetFault("field \(field.id) is a list of another type")
    }
    return count
  }

  private mutating func listHead() throws(ParquetFault) -> (count: Int, kind: Kind) {
    let head = try byte()
    let count = head >> 4 == 15 ? try varint() : UInt64(head >> 4)
    let kind = head & 15 == 0 && count == 0 ? Kind.yes : try kind(head & 15)
    // Every element takes a byte at least.
    guard count <= UInt64(left) else { throw .truncated }
    return (Int(count), kind)
  }

  /// Passes over a field's value.
  mutating func skip(_ field: Field) throws(ParquetFault) { try skip(field.kind, depth: 0) }

  private mutating func skip(_ kind: Kind, depth: Int, inList: Bool = false) throws(ParquetFault) {
    guard depth < Self.deepest else { throw ParquetFault("structures are nested too deep") }
    switch kind {
    case .yes, .no: if inList { _ = try byte() }
    case .byte: _ = try byte()
    case .short, .integer, .long: _ = try varint()
    case .double:
      guard left >= 8 else { throw .truncated }
      position += 8
    case .binary: _ = try binary()
    case .list, .set:
      let (count, kind) = try listHead()
      for _ in 0..<count { try skip(kind, depth: depth + 1, inList: true) }
    case .map: try skipMap(depth: depth)
    case .structure:
      var last = 0
      while let field = try field(after: &last) { try skip(field.kind, depth: depth + 1) }
    }
  }

  private mutating func skipMap(depth: Int) throws(ParquetFault) {
    let count = try varint()
    guard count > 0 else { return }
    guard count <= UInt64(left) else { throw .truncated }
    let kinds = try byte()
    let (key, value) = (try kind(kinds >> 4), try kind(kinds & 15))
    for _ in 0..<count {
      try skip(key, depth: depth + 1, inList: true)
      try skip(value, depth: depth + 1, inList: true)
    }
  }
}
