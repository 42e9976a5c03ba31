import CZlib
import Records
import Stages

/// The unpacked bytes of one member, checked against its size and checksum at the end.
final class ZipMemberBytes: ByteStream {
  private let content: any ByteStream
  private let member: ZipMember
  private let place: Source
  private var produced = 0
  private var checksum: UInt = 0

  init(_ packed: any ByteStream, member: ZipMember, place: Source) throws(StageError) {
    self.member = member
    self.place = place
    switch member.method {
    case 0: content = packed
    case 8: content = try Self.inflated(packed, place)
    default:
      throw StageError(
        "unsupported-compression",
        "the member is packed by \(Self.names[member.method] ?? "method \(member.method)"), "
          + "which is not read",
        source: place, remedy: "write the archive again with deflate")
    }
  }

  private static func inflated(
    _ packed: any ByteStream, _ place: Source
  ) throws(StageError) -> any ByteStream {
    guard let unpacker = GzipUnpacker(isRaw: true) else {
      throw StageError("out-of-memory", "the gzip library cannot begin", source: place)
    }
    return UnpackedBytes(packed, by: unpacker, kind: .zipMember, name: place.file)
  }

  private static let names = [
    1: "shrink", 6: "implode", 9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "zstd", 95: "xz",
    98: "PPMd", 99: "AES encryption",
  ]

  func next() throws(StageError) -> [UInt8] {
    let chunk = try content.next()
    produced += chunk.count
    guard produced <= member.size else { throw fault("holds more bytes than it says") }
    guard chunk.isEmpty else {
      checksum = chunk.withUnsafeBufferPointer {
        crc32_z(checksum, $0.baseAddress, $0.count)
      }
      return chunk
    }
    guard produced == member.size else { throw fault("holds fewer bytes than it says") }
    guard UInt32(truncatingIfNeeded: checksum) == member.checksum else {
      throw fault("does not have the checksum it says")
    }
    return []
  }

  private func fault(_ message: String) -> StageError {
    StageError(
      "corrupt-zip", "the member \(message)", source: place,
      remedy: "fetch or write the archive again")
  }
}
