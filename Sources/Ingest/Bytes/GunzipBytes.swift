import CZlib
import Records
import Stages

/// What a gzip file holds: all its members, one after the other.
final class GunzipBytes: ByteStream {
  /// The two bytes every gzip member begins with.
  static let magic: [UInt8] = [0x1F, 0x8B]

  private let compressed: any ByteStream
  private let name: String
  // zlib keeps the address of its state, so the state must not move.
  private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var input: [UInt8] = []
  private var position = 0
  private var produced = 0
  private var insideMember = true
  private static let chunk = 1 << 20

  init(_ compressed: any ByteStream, name: String) throws(StageError) {
    self.compressed = compressed
    self.name = name
    state.initialize(to: z_stream())
    guard anneal_inflate_init(state) == Z_OK else { throw fault("zlib cannot begin", nil) }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
  }

  func next() throws(StageError) -> [UInt8] {
    while true {
      guard try refill() else { return [] }
      if !insideMember {
        guard try beginMember() else { return [] }
      }
      let output = try inflateChunk()
      if !output.isEmpty { return output }
    }
  }

  /// Sees to it that there is input; false at the end of the file.
  private func refill() throws(StageError) -> Bool {
    guard position == input.count else { return true }
    input = try compressed.next()
    position = 0
    if input.isEmpty, insideMember {
      throw fault(
        "the gzip ends in the middle, after \(produced) bytes of content",
        "the file was cut short: fetch or write it again", code: "truncated-gzip")
    }
    return !input.isEmpty
  }

  /// Goes on to the next member; false where only padding follows.
  private func beginMember() throws(StageError) -> Bool {
    if let start = input[position...].firstIndex(where: { $0 != 0 }) {
      guard input[start] == Self.magic[0] else {
        throw fault("bytes follow the gzip that are none", "fetch or write the file again")
      }
      position = start
      inflateReset(state)
      insideMember = true
      return true
    }
    position = input.count
    return try refill() ? try beginMember() : false
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
    produced += output.count
    switch status {
    case Z_STREAM_END: insideMember = false
    case Z_OK, Z_BUF_ERROR: break
    default:
      throw fault(
        "the gzip is damaged after \(produced) bytes of content", "fetch or write the file again")
    }
    return output
  }

  private func fault(_ message: String, _ remedy: String?, code: String = "corrupt-gzip")
    -> StageError
  {
    StageError(code, message, source: Source(file: name, line: 0), remedy: remedy)
  }
}
