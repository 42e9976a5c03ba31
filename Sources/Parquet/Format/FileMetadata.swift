/// What the footer of a file says: its schema, and where the pages of its columns are.
struct FileMetadata {
  var schema: [SchemaElement] = []
  var rows = 0
  var groups: [RowGroup] = []
  /// What the writer noted beside, by name.
  var notes: [String: String] = [:]

  struct RowGroup {
    var columns: [ColumnChunk] = []
    var rows = 0
  }

  /// The pages of one column in one row group.
  struct ColumnChunk {
    var type: PhysicalType?
    var path: [String] = []
    var codec = Codec.none
    var values = 0
    var compressedSize = 0
    var dataOffset = 0
    var dictionaryOffset: Int?
    var isElsewhere = false
    var isEncrypted = false

    /// Where the first page is.
    var start: Int {
      // Some writers note 0 where there is no dictionary.
      dictionaryOffset.map { $0 > 0 ? min($0, dataOffset) : dataOffset } ?? dataOffset
    }
  }

  /// Reads a footer.
  init(_ bytes: ArraySlice<UInt8>) throws(ParquetFault) {
    var reader = CompactReader(bytes)
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 2:
        for _ in 0..<(try reader.list(field, of: .structure)) {
          schema.append(try SchemaElement(&reader))
        }
      case 3: rows = try reader.count(field)
      case 4:
        for _ in 0..<(try reader.list(field, of: .structure)) {
          groups.append(try RowGroup(&reader))
        }
      case 5:
        for _ in 0..<(try reader.list(field, of: .structure)) { try readNote(&reader) }
      case 8: throw .unsupported("an encrypted file")
      default: try reader.skip(field)
      }
    }
  }
}

extension FileMetadata {
  private mutating func readNote(_ reader: inout CompactReader) throws(ParquetFault) {
    var last = 0
    var key = ""
    var value = ""
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: key = try reader.text(field)
      case 2: value = try reader.text(field)
      default: try reader.skip(field)
      }
    }
    notes[key] = value
  }
}

extension FileMetadata.RowGroup {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetFault) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1:
        for _ in 0..<(try reader.list(field, of: .structure)) {
          columns.append(try FileMetadata.ColumnChunk(&reader))
        }
      case 3: rows = try reader.count(field)
      default: try reader.skip(field)
      }
    }
  }
}

extension FileMetadata.ColumnChunk {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetFault) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: isElsewhere = try !reader.text(field).isEmpty
      case 3:
        guard field.kind == .structure else { throw ParquetFault("a column is no structure") }
        try readMetadata(&reader)
      case 8, 9:
        isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readMetadata(_ reader: inout CompactReader) throws(ParquetFault) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: type = PhysicalType(rawValue: try reader.integer(field))
      case 3:
        for _ in 0..<(try reader.list(field, of: .binary)) { path.append(try reader.text()) }
      case 4:
        let number = try reader.integer(field)
        guard let known = Codec(rawValue: number) else {
          throw .unsupported("compression number \(number)")
        }
        codec = known
      case 5: values = try reader.count(field)
      case 7: compressedSize = try reader.count(field)
      case 9: dataOffset = try reader.count(field)
      case 11: dictionaryOffset = try reader.count(field)
      default: try reader.skip(field)
      }
    }
  }
}

extension CompactReader {
  /// The value of a field that counts something.
  mutating func count(_ field: Field) throws(ParquetFault) -> Int {
    let value = try integer(field)
    guard value >= 0 else { throw ParquetFault("field \(field.id) is \(value), below zero") }
    return value
  }

  /// The value of a field that counts something in 32 bits, so that sums of a few cannot overflow.
  mutating func size(_ field: Field) throws(ParquetFault) -> Int {
    let value = try count(field)
    guard value <= Int32.max else { throw ParquetFault("field \(field.id) is \(value)") }
    return value
  }
}

struct PageHeader {
  var kind = Kind.other
  var size = 0
  var compressedSize = 0
  var checksum: UInt32?
  var values = 0
  var encoding: Encoding?
  var definitionEncoding = Encoding.runs.rawValue
  var repetitionEncoding = Encoding.runs.rawValue
  /// Version 2: the bytes of levels before the values, which are not compressed.
  var definitionBytes = 0
  var repetitionBytes = 0
  var isCompressed = true

  enum Kind: Int {
    case data = 0
    case other, dictionary, data2
  }

  /// Reads a header, and says where it ends.
  init(_ bytes: ArraySlice<UInt8>, end: inout Int) throws(ParquetFault) {
    var reader = CompactReader(bytes)
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: kind = Kind(rawValue: try reader.integer(field)) ?? .other
      case 2: size = try reader.size(field)
      case 3: compressedSize = try reader.size(field)
      case 4: checksum = UInt32(truncatingIfNeeded: try reader.integer(field))
      case 5, 7: try readPage(&reader, field, [1: \.values], encoding: 2)
      case 8: try readPage2(&reader, field)
      default: try reader.skip(field)
      }
    }
    end = reader.position
  }

  private mutating func readPage(
    _ reader: inout CompactReader, _ field: CompactReader.Field,
    _ counts: [Int: WritableKeyPath<PageHeader, Int>], encoding: Int
  ) throws(ParquetFault) {
    guard field.kind == .structure else { throw ParquetFault("a page's header is no structure") }
    var last = 0
    while let inner = try reader.field(after: &last) {
      if let place = counts[inner.id] {
        self[keyPath: place] = try reader.size(inner)
      } else if inner.id == encoding {
        self.encoding = Encoding(rawValue: try reader.integer(inner))
      } else if field.id == 5, inner.id == 3 {
        definitionEncoding = try reader.integer(inner)
      } else if field.id == 5, inner.id == 4 {
        repetitionEncoding = try reader.integer(inner)
      } else if field.id == 8, inner.id == 7 {
        isCompressed = try reader.boolean(inner)
      } else {
        try reader.skip(inner)
      }
    }
  }

  private mutating func readPage2(
    _ reader: inout CompactReader, _ field: CompactReader.Field
  ) throws(ParquetFault) {
    try readPage(
      &reader, field, [1: \.values, 5: \.definitionBytes, 6: \.repetitionBytes], encoding: 4)
  }
}
