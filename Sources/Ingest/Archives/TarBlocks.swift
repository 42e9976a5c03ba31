import Records
import Stages

/// The 512 bytes before a member of a tar archive.
struct TarHeader {
  /// The bytes of a block, which all of an archive is made of.
  static let block = 512

  /// What the member is, as an ASCII letter or digit.
  let kind: UInt8
  /// Bytes of content.
  let size: Int
  /// Its path, if no longer one stands before it.
  let path: String
  /// Whether blocks follow that tell of more holes, before the content: GNU's own form of sparse files.
  let hasMoreHoles: Bool

  /// Whether content follows the header; links and folders may tell a size and have none.
  var holdsContent: Bool { !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(kind) }

  /// Reads a block; nil where its checksum says that it is no header.
  init?(_ block: [UInt8]) {
    guard block.count == Self.block, Self.hasChecksum(block),
      let size = Self.number(block[124..<136])
    else { return nil }
    self.size = size
    kind = block[156]
    hasMoreHoles = block[156] == UInt8(ascii: "S") && block[482] != 0
    let name = TarArchive.text(block[..<100].prefix { $0 != 0 })
    // In GNU's own headers other things stand where POSIX has the beginning of long paths.
    let isPOSIX = block[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
    let folder = isPOSIX ? TarArchive.text(block[345..<500].prefix { $0 != 0 }) : ""
    path = folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// Whether bytes begin a tar archive.
  static func begins(_ head: [UInt8]) -> Bool {
    head.count >= block && head[0] != 0 && TarHeader(Array(head[..<block])) != nil
  }

  /// The sum of all bytes, those of the sum itself taken as blanks; some programs added signed bytes.
  private static func hasChecksum(_ block: [UInt8]) -> Bool {
    guard let told = number(block[148..<156]) else { return false }
    var unsigned = 8 * 0x20
    var signed = 8 * 0x20
    for index in block.indices where !(148..<156).contains(index) {
      unsigned += Int(block[index])
      signed += Int(Int8(bitPattern: block[index]))
    }
    return told == unsigned || told == signed
  }

  /// A number in octal digits, or as GNU writes large ones: binary behind a byte of 0x80.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first == 0x80 {
      let digits = field.dropFirst()
      guard digits.dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return digits.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
    guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}

/// A tar archive's bytes, a block or a piece of a member at a time.
final class TarBlocks {
  private let stream: any ByteStream
  private let name: String
  private var buffer: [UInt8] = []
  private var position = 0
  /// How many bytes have been read.
  private(set) var count = 0

  init(_ stream: any ByteStream, name: String) {
    self.stream = stream
    self.name = name
  }

  /// The next block; nil at the end of the archive.
  func block() throws(StageError) -> [UInt8]? {
    var block: [UInt8] = []
    while block.count < TarHeader.block {
      let piece = try piece(atMost: TarHeader.block - block.count)
      if piece.isEmpty {
        guard block.isEmpty else { throw truncated }
        return nil
      }
      block += piece
    }
    return block
  }

  /// The next bytes, no more than are asked for; none at the end of the archive.
  func piece(atMost most: Int) throws(StageError) -> [UInt8] {
    if position == buffer.count {
      buffer = try stream.next()
      position = 0
    }
    let taken = min(most, buffer.count - position)
    defer {
      position += taken
      count += taken
    }
    if taken == buffer.count { return buffer }
    return Array(buffer[position..<position + taken])
  }

  /// The complaint about an archive that ends too soon.
  var truncated: StageError {
    StageError(
      "truncated-tar", "the archive ends in the middle, after \(count) bytes",
      source: Source(file: name, line: 0),
      remedy: "the file was cut short: fetch or write it again")
  }
}

/// The content of one member, and the zeros that fill its last block.
final class TarContent: ByteStream {
  private let blocks: TarBlocks
  private var left: Int
  private var padding: Int
  /// Whether the archive has ended or failed within the member, which is told once.
  private(set) var hasFailed = false
  private static let chunk = 1 << 20

  init(_ blocks: TarBlocks, _ size: Int) {
    self.blocks = blocks
    left = size
    padding = (TarHeader.block - size % TarHeader.block) % TarHeader.block
  }

  func next() throws(StageError) -> [UInt8] {
    guard left > 0 else {
      while padding > 0 { padding -= try piece(atMost: padding).count }
      return []
    }
    let piece = try piece(atMost: min(left, Self.chunk))
    left -= piece.count
    return piece
  }

  private func piece(atMost most: Int) throws(StageError) -> [UInt8] {
    do throws(StageError) {
      let piece = try blocks.piece(atMost: most)
      if piece.isEmpty { throw blocks.truncated }
      return piece
    } catch {
      hasFailed = true
      throw error
    }
  }

  /// Passes over what has not been read.
  func skipRest() throws(StageError) {
    while try !next().isEmpty {}
  }
}
