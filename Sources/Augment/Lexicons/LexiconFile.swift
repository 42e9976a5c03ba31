import Records
import Stages
import TextKit

/// A file of words by their senses, in any of the formats that are read.
enum LexiconFile {
  /// Reads a thesaurus of MyThes, an Open Multilingual Wordnet, or a Cilin: whichever the first lines show.
  /// - Throws: `FileError` where it cannot be read, `StageError` where it is none of them or damaged.
  static func read(_ path: String) throws -> any SenseLexicon {
    let raw = try FileReader.contents(path)
    guard let bytes = try? decoded(raw, path), let first = firstLine(of: bytes) else {
      return try Thesaurus(raw, path)
    }
    if OpenWordnetFile.begins(with: first) {
      return try OpenWordnetFile.lexicon(try decoded(raw, path), path)
    }
    if CilinFile.begins(with: first) { return try CilinFile.lexicon(bytes, path) }
    return try Thesaurus(raw, path)
  }

  /// The first line that is neither empty nor a comment.
  private static func firstLine(of bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var lines = LinesOfBytes(bytes)
    while let line = lines.next() {
      if !line.isEmpty, line.first != UInt8(ascii: "#") { return line }
    }
    return nil
  }

  /// The file as UTF-8 without its mark: UTF-16 by its mark, UTF-8 where it is that, else what it looks
  /// like; Cilins without anything to tell are in GB 18030, which contains GBK.
  private static func decoded(_ raw: [UInt8], _ path: String) throws(StageError) -> [UInt8] {
    if raw.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(raw.dropFirst(3)) }
    if raw.withUnsafeBufferPointer(\.isUTF8) { return raw }
    let isWide = raw.starts(with: [0xFF, 0xFE]) || raw.starts(with: [0xFE, 0xFF])
    let guess = TextEncoding.detect(raw)?.name
    let name = isWide ? "UTF-16" : guess == "Big5" ? "Big5" : "GB18030"
    guard let decoder = TextDecoder(name) else {
      throw fault("nothing decodes \(name)", path, 0)
    }
    do {
      return try decoder.decode(raw, atEnd: true)
    } catch {
      throw fault("byte \(error.offset) is no text of \(name)", path, 0)
    }
  }

  /// The complaint about a damaged file.
  static func fault(_ message: String, _ path: String, _ line: Int) -> StageError {
    StageError(
      "invalid-thesaurus", message, source: Source(file: path, line: line),
      remedy: "install it again, or name the .dat file of a MyThes thesaurus, an Open Multilingual "
        + "Wordnet (.tab) or a Cilin")
  }
}

/// Walks lines of bytes, without their ends.
struct LinesOfBytes {
  private let bytes: [UInt8]
  /// Where the next line begins.
  private(set) var place: Int
  /// The number of the line read last, from where the walk began.
  private(set) var number = 0

  init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  mutating func next() -> ArraySlice<UInt8>? {
    guard place < bytes.count else { return nil }
    let end = bytes.withUnsafeBufferPointer { $0.endOfLine(from: place) }
    let line = bytes[place..<end]
    place = end + 1
    number += 1
    return line.last == 0x0D ? line.dropLast() : line
  }
}
