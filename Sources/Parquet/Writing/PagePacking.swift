import CSnappy
import CZstd

/// Compresses a page.
enum PagePacking {
  /// zstd's level: its own default.
  private static let level: Int32 = 3

  static func pack(_ page: [UInt8], _ codec: Codec) throws(ParquetFault) -> [UInt8] {
    switch codec {
    case .none: return page
    case .zstd: return try packed(ZSTD_compressBound(page.count)) { zstd(page, $0) }
    case .snappy:
      return try packed(snappy_max_compressed_length(page.count)) { snappy(page, $0) }
    case .gzip, .lzo, .brotli, .lz4, .lz4Raw:
      preconditionFailure("\(codec.name) is not written")
    }
  }

  private static func packed(
    _ room: Int, _ pack: (UnsafeMutableBufferPointer<UInt8>) -> Int?
  ) throws(ParquetFault) -> [UInt8] {
    var made: Int?
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      made = pack(buffer)
      filled = made ?? 0
    }
    if made == nil { throw ParquetFault("a page could not be compressed") }
    return bytes
  }

  private static func zstd(_ page: [UInt8], _ room: UnsafeMutableBufferPointer<UInt8>) -> Int? {
    let made = ZSTD_compress(room.baseAddress, room.count, page, page.count, level)
    return ZSTD_isError(made) == 0 ? made : nil
  }

  private static func snappy(_ page: [UInt8], _ room: UnsafeMutableBufferPointer<UInt8>) -> Int? {
    page.withUnsafeBytes { page in
      UnsafeMutableRawBufferPointer(room).withMemoryRebound(to: CChar.self) { room in
        page.withMemoryRebound(to: CChar.self) { page in
          var length = room.count
          return snappy_compress(page.baseAddress, page.count, room.baseAddress, &length)
            == SNAPPY_OK ? length : nil
        }
      }
    }
  }
}
