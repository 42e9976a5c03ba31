import CSnappy
import CZlib
import CZstd

/// Unpacks a page into as many bytes as its header says, no more and no fewer.
enum PageCodec {
  static func unpack(
    _ bytes: ArraySlice<UInt8>, _ codec: Codec, size: Int
  ) throws(ParquetFault) -> [UInt8] {
    guard size > 0 else {
      return []
    }
    switch codec {
    case .none:
      guard bytes.count == size else {
        throw ParquetFault("a page holds \(bytes.count) bytes where its header says \(size)")
      }
      return Array(bytes)
    case .snappy: return try whole(bytes, size, "snappy", snappy)
    case .gzip: return try whole(bytes, size, "gzip", inflated)
    case .zstd: return try whole(bytes, size, "zstd", zstd)
    case .lz4Raw:
      return try whole(bytes, size, "LZ4") { LZ4Block.unpack($0, into: $1) }
    case .lzo, .brotli, .lz4:
      throw .unsupported("\(codec.name) compression")
    }
  }

  /// Runs an unpacker, which says how many bytes it made.
  private static func whole(
    _ bytes: ArraySlice<UInt8>, _ size: Int, _ name: String,
    _ unpack: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Int?
  ) throws(ParquetFault) -> [UInt8] {
    let made = [UInt8](unsafeUninitializedCapacity: size) { output, filled in
      let room = UnsafeMutableBufferPointer(rebasing: output[..<size])
      filled = bytes.withUnsafeBufferPointer { unpack($0, room) ?? 0 }
    }
    guard made.count == size else {
      throw ParquetFault("a page's \(name) is damaged, or is not the \(size) bytes its header says")
    }
    return made
  }

  private static func snappy(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    guard let from = input.baseAddress, let to = output.baseAddress else { return nil }
    return from.withMemoryRebound(to: CChar.self, capacity: input.count) { from in
      to.withMemoryRebound(to: CChar.self, capacity: output.count) { to in
        var length = 0
        guard snappy_uncompressed_length(from, input.count, &length) == SNAPPY_OK,
          length == output.count,
          snappy_uncompress(from, input.count, to, &length) == SNAPPY_OK
        else { return nil }
        return length
      }
    }
  }

  private static func zstd(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    let made = ZSTD_decompress(output.baseAddress, output.count, input.baseAddress, input.count)
    return ZSTD_isError(made) == 0 ? made : nil
  }

  private static func inflated(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    var state = z_stream()
    guard input.count <= UInt32.max, output.count <= UInt32.max,
      withUnsafeMutablePointer(to: &state, { anneal_inflate_init($0) }) == Z_OK
    else { return nil }
    return withUnsafeMutablePointer(to: &state) { state in
      defer { inflateEnd(state) }
      state.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0) }
      state.pointee.avail_in = UInt32(input.count)
      state.pointee.next_out = output.baseAddress
      state.pointee.avail_out = UInt32(output.count)
      // A page may be several members, one after the other.
      while true {
        let status = inflate(state, Z_FINISH)
        let made = output.count - Int(state.pointee.avail_out)
        guard status == Z_STREAM_END else { return nil }
        if made == output.count { return made }
        guard state.pointee.avail_in > 0, inflateReset(state) == Z_OK else { return nil }
      }
    }
  }

  /// The checksum that a page's header may hold.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { bytes in
      UInt32(truncatingIfNeeded: crc32_z(0, bytes.baseAddress, bytes.count))
    }
  }
}

/// A block of LZ4: literals and copies of what is behind, each with its length.
///
/// Specification: lz4_Block_format.md.
enum LZ4Block {
  /// Unpacks a block; nil where it reaches beyond its bytes or the room.
  static func unpack(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    var place = 0
    var made = 0
    while place < input.count {
      let token = input[place]
      place += 1
      guard let literals = length(token >> 4, input, &place), literals <= input.count - place,
        literals <= output.count - made
      else { return nil }
      for index in 0..<literals { output[made + index] = input[place + index] }
      place += literals
      made += literals
      // The last sequence has literals alone.
      if place == input.count { return made }
      guard place + 2 <= input.count else { return nil }
      let distance = Int(input[place]) | Int(input[place + 1]) << 8
      place += 2
      guard let more = length(token & 15, input, &place), distance > 0, distance <= made,
        more + 4 <= output.count - made
      else { return nil }
      // What is copied may overlap what is being made.
      for index in made..<made + more + 4 { output[index] = output[index - distance] }
      made += more + 4
    }
    return made
  }

  private static func length(
    _ nibble: UInt8, _ input: UnsafeBufferPointer<UInt8>, _ place: inout Int
  ) -> Int? {
    var length = Int(nibble)
    guard nibble == 15 else { return length }
    while place < input.count {
      let byte = input[place]
      place += 1
      length += Int(byte)
      if byte < 255 { return length }
    }
    return nil
  }
}
