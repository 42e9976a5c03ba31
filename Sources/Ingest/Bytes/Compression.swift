import Records
import Stages

/// How a file may be compressed, known by its first bytes whatever its name.
enum Compression: String, CaseIterable {
  case gzip
  case zstd
  case bzip2
  case xz

  /// Endings of names that say how a file is compressed, and nothing of what it holds.
  static let endings: Set<String> = ["gz", "zst", "zstd", "bz2", "xz"]

  /// The most layers of compression around a file.
  private static let mostLayers = 3

  /// What bytes are compressed by; nil where they are not.
  static func detect(_ head: [UInt8]) -> Compression? {
    allCases.first { $0.begins(head) }
  }

  private func begins(_ head: [UInt8]) -> Bool {
    switch self {
    case .gzip: head.starts(with: [0x1F, 0x8B])
    case .zstd: ZstdUnpacker.begins(head)
    case .bzip2: Bzip2Unpacker.begins(head)
    case .xz: head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])
    }
  }

  /// What unpacks it; nil where its library cannot begin.
  func unpacker(window: Int) -> (any Unpacker)? {
    switch self {
    case .gzip: GzipUnpacker()
    case .zstd: ZstdUnpacker(window: window)
    case .bzip2: Bzip2Unpacker()
    case .xz: XZUnpacker()
    }
  }

  /// The stream without the compression around it, whatever that is; `window` is the most bytes that
  /// zstd may look back.
  static func unpacked(
    _ stream: PeekedBytes, name: String, window: Int = ZstdUnpacker.usualWindow
  ) throws(StageError) -> PeekedBytes {
    var stream = stream
    for _ in 0..<mostLayers {
      guard let kind = detect(try stream.peek()) else { return stream }
      guard let unpacker = kind.unpacker(window: window) else {
        throw StageError(
          "out-of-memory", "the \(kind.rawValue) library cannot begin",
          source: Source(file: name, line: 0))
      }
      let content = UnpackedBytes(stream, by: unpacker, kind: PackedName(kind), name: name)
      stream = PeekedBytes(content, from: stream.origin)
    }
    guard detect(try stream.peek()) == nil else {
      throw StageError(
        "unsupported-format", "the file is compressed more than \(mostLayers) times over",
        source: Source(file: name, line: 0), remedy: "unpack it first")
    }
    return stream
  }
}
