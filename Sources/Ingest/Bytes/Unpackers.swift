import CBzip2
import CLzma
import CZlib
import CZstd

/// gzip by zlib, or deflate without the header and end of gzip, as within zip archives.
final class GzipUnpacker: Unpacker {
  // zlib keeps the address of its state, so the state must not move.
  private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  let isSingle: Bool

  init?(isRaw: Bool = false) {
    isSingle = isRaw
    state.initialize(to: z_stream())
    let code = isRaw ? anneal_inflate_raw_init(state) : anneal_inflate_init(state)
    guard code == Z_OK else { return nil }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
  }

  func begin(with byte: UInt8) -> Bool {
    inflateReset(state)
    return byte == 0x1F
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> UnpackingStep {
    state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    state.pointee.avail_in = UInt32(clamping: input.count)
    state.pointee.next_out = output.baseAddress
    state.pointee.avail_out = UInt32(clamping: output.count)
    let given = Int(state.pointee.avail_in)
    let room = Int(state.pointee.avail_out)
    let code = inflate(state, Z_NO_FLUSH)
    return UnpackingStep(
      read: given - Int(state.pointee.avail_in), written: room - Int(state.pointee.avail_out),
      status: code == Z_STREAM_END
        ? .ended : code == Z_OK || code == Z_BUF_ERROR ? .more : .damaged)
  }
}

/// Zstandard frames, among them those to be skipped, with windows up to a limit.
///
/// The window is what a frame may repeat of what came before: so much memory is needed to unpack it. The
/// usual limit is that of the zstd program; `--long=31`, which some data sets are published with, needs
/// 2 GB.
final class ZstdUnpacker: Unpacker {
  /// The largest window that is unpacked unasked.
  static let usualWindow = 128 << 20

  private let state: OpaquePointer
  private let window: Int

  /// Allows windows of so many bytes, a power of two.
  init?(window: Int) {
    guard let state = ZSTD_createDStream() else { return nil }
    self.state = state
    self.window = window
    ZSTD_DCtx_setParameter(state, ZSTD_d_windowLogMax, Int32(window.trailingZeroBitCount))
  }

  deinit { ZSTD_freeDStream(state) }

  /// Whether bytes begin a frame, or one to be skipped.
  static func begins(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      || (head.first.map { $0 & 0xF0 == 0x50 } == true
        && head.dropFirst().starts(with: [0x2A, 0x4D, 0x18]))
  }

  func begin(with byte: UInt8) -> Bool {
    ZSTD_DCtx_reset(state, ZSTD_reset_session_only)
    return byte == 0x28 || byte & 0xF0 == 0x50
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> UnpackingStep {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let code = ZSTD_decompressStream(state, &target, &source)
    return UnpackingStep(read: source.pos, written: target.pos, status: status(code))
  }

  private func status(_ code: Int) -> UnpackingStep.Status {
    guard ZSTD_isError(code) == 0 else {
      return ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge
        ? .tooLarge(
          "the zstd needs a window of more than \(window >> 20) MB in memory",
          remedy: "write 'largest-window: 2048' to give it so much")
        : .damaged
    }
    return code == 0 ? .ended : .more
  }
}

/// bzip2 by its own library.
final class Bzip2Unpacker: Unpacker {
  // The library keeps the address of its state, so the state must not move.
  private let state = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)

  init?() {
    state.initialize(to: bz_stream())
    guard BZ2_bzDecompressInit(state, 0, 0) == BZ_OK else { return nil }
  }

  deinit {
    BZ2_bzDecompressEnd(state)
    state.deallocate()
  }

  /// Whether bytes begin a bzip2 stream: `BZh`, a digit, and the number a block or the end has.
  static func begins(_ head: [UInt8]) -> Bool {
    let numbers: [[UInt8]] = [
      [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
    ]
    let rest = head.dropFirst(4).prefix(6)
    return head.starts(with: "BZh".utf8) && !rest.isEmpty
      && numbers.contains { $0.starts(with: rest) }
  }

  func begin(with byte: UInt8) -> Bool {
    BZ2_bzDecompressEnd(state)
    state.pointee = bz_stream()
    return BZ2_bzDecompressInit(state, 0, 0) == BZ_OK && byte == UInt8(ascii: "B")
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> UnpackingStep {
    let given = UInt32(clamping: input.count)
    let room = UInt32(clamping: output.count)
    state.pointee.avail_in = given
    state.pointee.avail_out = room
    let code = input.withMemoryRebound(to: CChar.self) { source in
      output.withMemoryRebound(to: CChar.self) { target in
        state.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        state.pointee.next_out = target.baseAddress
        return BZ2_bzDecompress(state)
      }
    }
    return UnpackingStep(
      read: Int(given - state.pointee.avail_in), written: Int(room - state.pointee.avail_out),
      status: code == BZ_STREAM_END ? .ended : code == BZ_OK ? .more : .damaged)
  }
}

/// xz by liblzma, in at most 512 MB.
final class XZUnpacker: Unpacker {
  // The library keeps the address of its state, so the state must not move.
  private let state = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
  private static let mostMemory: UInt64 = 512 << 20

  init?() {
    state.initialize(to: lzma_stream())
    guard lzma_stream_decoder(state, Self.mostMemory, 0) == LZMA_OK else { return nil }
  }

  deinit {
    lzma_end(state)
    state.deallocate()
  }

  func begin(with byte: UInt8) -> Bool {
    lzma_stream_decoder(state, Self.mostMemory, 0) == LZMA_OK && byte == 0xFD
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> UnpackingStep {
    state.pointee.next_in = input.baseAddress
    state.pointee.avail_in = input.count
    state.pointee.next_out = output.baseAddress
    state.pointee.avail_out = output.count
    let code = lzma_code(state, LZMA_RUN)
    return UnpackingStep(
      read: input.count - state.pointee.avail_in, written: output.count - state.pointee.avail_out,
      status: Self.status(code))
  }

  private static func status(_ code: lzma_ret) -> UnpackingStep.Status {
    switch code {
    case LZMA_OK, LZMA_BUF_ERROR: .more
    case LZMA_STREAM_END: .ended
    case LZMA_MEMLIMIT_ERROR:
      .tooLarge(
        "the xz needs more than \(mostMemory >> 20) MB of memory to unpack",
        remedy: "unpack it yourself, and name the file")
    default: .damaged
    }
  }
}
