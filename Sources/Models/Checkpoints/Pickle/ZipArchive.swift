import Tensors

/// The directory of a zip archive whose entries are stored without compression, as torch saves them.
///
/// Everything the directory claims is checked against the file; archives beyond 4 GB (zip64) too.
struct ZipArchive {
  /// Where the bytes of each entry stand.
  private(set) var entries: [String: Range<Int>] = [:]
  private let file: MappedFile
  private let path: String

  init(_ file: MappedFile, path: String) throws(ModelError) {
    self.file = file
    self.path = path
    let directory = try Self.directory(file, path)
    var reader = ByteReader(file, path: path, part: "zip directory", range: directory.range)
    for _ in 0..<directory.count { try readEntry(&reader) }
  }

  private static let endSize = 22
  private static let endSignature: UInt32 = 0x0605_4b50
  private static let end64Signature: UInt32 = 0x0606_4b50
  private static let locatorSignature: UInt32 = 0x0706_4b50
  private static let entrySignature: UInt32 = 0x0201_4b50
  private static let localSignature: UInt32 = 0x0403_4b50

  /// Finds the directory by the record at the end of the file, which a comment may follow.
  private static func directory(
    _ file: MappedFile, _ path: String
  ) throws(ModelError) -> (range: Range<Int>, count: Int) {
    let last = file.count - endSize
    guard last >= 0,
      let end = stride(from: last, through: max(0, last - 0xFFFF), by: -1)
        .first(where: { word(file, $0) == endSignature })
    else { throw corrupt(path, "it has no zip directory; it may be cut off") }
    var reader = ByteReader(file, path: path, part: "zip directory", range: end..<file.count)
    _ = try reader.skip(10, "a record")
    var count = Int(try reader.read(UInt16.self))
    var size = Int(try reader.read(UInt32.self))
    var start = Int(try reader.read(UInt32.self))
    if let large = try directory64(file, path, before: end) { (count, size, start) = large }
    guard count >= 0, start >= 0, size >= 0, start <= end, size <= end - start else {
      throw corrupt(path, "its zip directory claims \(size) bytes at byte \(start)")
    }
    guard count <= size / 46 else {
      throw corrupt(path, "its zip directory claims \(count) entries in \(size) bytes")
    }
    return (start..<start + size, count)
  }

  /// The numbers of the directory's 64-bit record, where there is one.
  private static func directory64(
    _ file: MappedFile, _ path: String, before end: Int
  ) throws(ModelError) -> (count: Int, size: Int, start: Int)? {
    guard end >= 20, word(file, end - 20) == locatorSignature else { return nil }
    var locator = ByteReader(file, path: path, part: "zip locator", range: end - 12..<end)
    guard let record = Int(exactly: try locator.read(UInt64.self)), record >= 0,
      record <= end - 56, word(file, record) == end64Signature
    else { throw corrupt(path, "its zip locator points nowhere") }
    var reader = ByteReader(
      file, path: path, part: "zip directory", range: record + 32..<record + 56)
    let numbers = (
      try reader.read(UInt64.self), try reader.read(UInt64.self), try reader.read(UInt64.self)
    )
    guard let count = Int(exactly: numbers.0), let size = Int(exactly: numbers.1),
      let start = Int(exactly: numbers.2)
    else { throw corrupt(path, "its zip directory claims impossible sizes") }
    return (count, size, start)
  }

  private static func word(_ file: MappedFile, _ offset: Int) -> UInt32 {
    file.withBytes {
      UInt32(littleEndian: $0.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
  }

  static func corrupt(_ path: String, _ problem: String) -> ModelError {
    ModelError(.corrupt, file: path, problem: problem, remedy: "Fetch or save the file again.")
  }
}

extension ZipArchive {
  private mutating func readEntry(_ reader: inout ByteReader) throws(ModelError) {
    guard try reader.read(UInt32.self) == Self.entrySignature else {
      throw reader.corrupt("no entry at byte \(reader.offset - 4)")
    }
    _ = try reader.skip(4, "versions")
    let flags = try reader.read(UInt16.self)
    let method = try reader.read(UInt16.self)
    _ = try reader.skip(8, "times")
    var sizes = [UInt64(try reader.read(UInt32.self)), UInt64(try reader.read(UInt32.self))]
    let lengths = [try reader.read(UInt16.self), try reader.read(UInt16.self)]
    let comment = try reader.read(UInt16.self)
    _ = try reader.skip(8, "attributes")
    sizes.append(UInt64(try reader.read(UInt32.self)))
    let name = try reader.text(Int(lengths[0]), "a name")
    let extra = try reader.skip(Int(lengths[1]), "an extra field")
    _ = try reader.skip(Int(comment), "a comment")
    try widen(&sizes, by: extra)
    guard flags & 1 == 0, method == 0, sizes[0] == sizes[1] else {
      throw ModelError(
        .unsupported, file: path, problem: "its zip entry \(name) is compressed or encrypted",
        remedy: "Save the file with torch.save.")
    }
    let range = try range(of: name, size: sizes[1], header: sizes[2])
    guard entries.updateValue(range, forKey: name) == nil else {
      throw Self.corrupt(path, "its zip directory names \(name) twice")
    }
  }

  /// Replaces the sizes that do not fit 32 bits by those of the zip64 field.
  ///
  /// The field holds only these, in the order uncompressed, compressed, place of the header.
  private func widen(_ sizes: inout [UInt64], by extra: Range<Int>) throws(ModelError) {
    // The order of the directory's record is compressed, uncompressed, place.
    let wide = [1, 0, 2].filter { sizes[$0] == 0xFFFF_FFFF }
    guard !wide.isEmpty else { return }
    var reader = ByteReader(file, path: path, part: "zip64 field", range: extra)
    while reader.remaining >= 4 {
      let kind = try reader.read(UInt16.self)
      let length = Int(try reader.read(UInt16.self))
      if kind != 1 {
        _ = try reader.skip(length, "a field")
        continue
      }
      for place in wide { sizes[place] = try reader.read(UInt64.self) }
      return
    }
  }

  /// Where the bytes of an entry stand: behind its own header, whose length only it knows.
  private func range(
    of name: String, size: UInt64, header: UInt64
  ) throws(ModelError) -> Range<Int> {
    guard let size = Int(exactly: size), let start = Int(exactly: header), start < file.count else {
      throw Self.corrupt(path, "its zip entry \(name) claims byte \(header)")
    }
    var reader = ByteReader(
      file, path: path, part: "zip entry \(name)", range: start..<file.count)
    guard try reader.read(UInt32.self) == Self.localSignature else {
      throw Self.corrupt(path, "its zip entry \(name) is not at byte \(start)")
    }
    _ = try reader.skip(22, "a header")
    let lengths = [try reader.read(UInt16.self), try reader.read(UInt16.self)]
    _ = try reader.skip(Int(lengths[0]) + Int(lengths[1]), "a name")
    return try reader.skip(size, "an entry")
  }
}
