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
    case 8: content = try InflatedBytes(packed, place: place)
    default:
      throw StageError(
        "unsupported-compression",
        "the member is packed by \(Self.names[member.method] ?? "method \(member.method)"), "
          + "which is not read",
        source: place, remedy: "write the archive again with deflate")
    }
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

/// What a deflate stream without header holds.
private final class InflatedBytes: ByteStream {
  private let packed: any ByteStream
  private let place: Source
  // zlib keeps the address of its state, so the state must not move.
  private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var input: [UInt8] = []
  private var position = 0
  private var ended = false
  private static let chunk = 1 << 18

  init(_ packed: any ByteStream, place: Source) throws(StageError) {
    self.packed = packed
    self.place = place
    state.initialize(to: z_stream())
    guard anneal_inflate_raw_init(state) == Z_OK else { throw fault("cannot be unpacked") }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
  }

  func next() throws(StageError) -> [UInt8] {
    while !ended {
      if position == input.count {
        input = try packed.next()
        position = 0
        if input.isEmpty { throw fault("ends before its packed bytes do") }
      }
      let output = try inflateChunk()
      if !output.isEmpty { return output }
    }
    return []
  }

  private func inflateChunk() throws(StageError) -> [UInt8] {
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, filled in
      input.withUnsafeMutableBufferPointer { source in
        state.pointee.next_in = source.baseAddress.map { $0 + position }
        state.pointee.avail_in = UInt32(source.count - position)
        state.pointee.next_out = buffer.baseAddress
        state.pointee.avail_out = UInt32(buffer.count)
        status = inflate(state, Z_NO_FLUSH)
        position = source.count - Int(state.pointee.avail_in)
        filled = buffer.count - Int(state.pointee.avail_out)
      }
    }
    ended = status == Z_STREAM_END
    guard ended || status == Z_OK || status == Z_BUF_ERROR else { throw fault("is damaged") }
    return output
  }

  private func fault(_ message: String) -> StageError {
    StageError(
      "corrupt-zip", "the member \(message)", source: place,
      remedy: "fetch or write the archive again")
  }
}
