import Records
import Stages

/// What a zip archive may be, so that a small file cannot fill memory, disk or time.
struct ZipLimits: Sendable {
  /// The most members.
  var members = 1_000_000
  /// The most bytes of the directory that lists them.
  var directory = 1 << 28
  /// A member larger than this must not be packed tighter than `ratio`.
  var freeSize = 100 << 20
  /// The most times larger a member may be than its compressed bytes: text reaches about 20, a bomb
  /// 1,000.
  var ratio = 200
}

/// One file of a zip archive, as the archive's directory describes it.
struct ZipMember: Sendable {
  /// Its path within the archive, with slashes.
  let name: String
  /// Its bytes when unpacked.
  let size: Int
  /// Its bytes in the archive.
  let compressedSize: Int
  /// The CRC-32 of the unpacked bytes.
  let checksum: UInt32
  /// How it is packed: 0 stored, 8 deflate.
  let method: Int
  /// The place of its own header in the archive.
  let offset: Int
  /// The bytes of its name in the archive.
  let rawName: [UInt8]
  /// Why it must not be read.
  var fault: StageError?

  /// Whether it is a folder, which holds no bytes.
  var isFolder: Bool { name.hasSuffix("/") }
}

/// Whether the names of members stay within their archive.
enum MemberPath {
  /// Why a name must not be used as a path below the archive; nil where it may.
  ///
  /// Backslashes count as slashes, which they are to the programs that write them.
  static func fault(_ name: String) -> String? {
    let parts = name.utf8.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if name.isEmpty { return "has no name" }
    if name.utf8.contains(0) { return "has a name with a zero byte" }
    let first = name.utf8.first
    let hasDrive = name.utf8.dropFirst().first == UInt8(ascii: ":")
    if first == UInt8(ascii: "/") || first == UInt8(ascii: "\\") || hasDrive {
      return "has an absolute path"
    }
    let climbs = parts.contains { part in
      part.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
        .contains { $0.elementsEqual("..".utf8) }
    }
    return climbs ? "has a path that leaves the archive" : nil
  }
}
