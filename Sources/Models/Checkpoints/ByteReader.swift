import Tensors

/// Reads little-endian values of a part of a file one after another, never beyond its end.
struct ByteReader {
  let file: MappedFile
  let path: String
  /// What the part is called in errors, such as `pickle`.
  let part: String
  let end: Int
  private(set) var offset: Int

  init(_ file: MappedFile, path: String, part: String, range: Range<Int>) {
    self.file = file
    self.path = path
    self.part = part
    offset = range.lowerBound
    end = range.upperBound
  }

  /// How many bytes are left.
  var remaining: Int { end - offset }

  /// Steps over bytes and says where they stand.
  mutating func skip(_ count: Int, _ what: String) throws(ModelError) -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw corrupt("\(what) of \(count) bytes at byte \(offset), where \(remaining) are left")
    }
    offset += count
    return offset - count..<offset
  }

  mutating func read<Word: FixedWidthInteger & BitwiseCopyable>(
    _ type: Word.Type
  ) throws(ModelError) -> Word {
    let place = try skip(MemoryLayout<Word>.size, "a number").lowerBound
    return file.withBytes {
      Word(littleEndian: $0.unsafeLoadUnaligned(fromByteOffset: place, as: type))
    }
  }

  mutating func byte() throws(ModelError) -> Int { Int(try read(UInt8.self)) }

  mutating func bytes(_ count: Int, _ what: String) throws(ModelError) -> [UInt8] {
    Self.bytes(of: file, in: try skip(count, what))
  }

  /// A text; bytes that are no UTF-8 become replacement characters.
  mutating func text(_ count: Int, _ what: String) throws(ModelError) -> String {
    String(decoding: try bytes(count, what), as: UTF8.self)
  }

  /// The text up to the next line feed, which is stepped over.
  mutating func line() throws(ModelError) -> String {
    let limit = min(remaining, 1000)
    let length = file.withBytes { bytes in
      (0..<limit).first {
        bytes.unsafeLoad(fromByteOffset: offset + $0, as: UInt8.self) == 10
      }
    }
    guard let length else { throw corrupt("a line without end at byte \(offset)") }
    let text = try text(length, "a line")
    offset += 1
    return text
  }

  static func bytes(of file: MappedFile, in range: Range<Int>) -> [UInt8] {
    file.withBytes { bytes in
      [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
        for (place, offset) in range.enumerated() {
          buffer.initializeElement(
            at: place, to: bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
        initialized = range.count
      }
    }
  }

  func corrupt(_ problem: String) -> ModelError {
    ModelError(
      .corrupt, file: path, problem: "its \(part) is not whole: \(problem)",
      remedy: "Fetch or save the file again.")
  }
}
