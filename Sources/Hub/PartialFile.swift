import Crypto
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A download that goes on where an earlier one stopped: `NAME.incomplete` until it is whole.
///
/// Only the thread that delivers a transfer writes, and the one that began it waits meanwhile, so no
/// two touch the descriptor at once.
final class PartialFile: Sendable {
  let path: String
  private let temporary: String
  private let descriptor: Int32
  /// How many bytes were there already.
  let begun: Int

  init(_ path: String) throws(FileError) {
    self.path = path
    temporary = "\(path).incomplete"
    try Folders.make(FilePaths.folder(path))
    descriptor = open(temporary, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("create", path) }
    begun = max(0, Int(lseek(descriptor, 0, SEEK_END)))
  }

  deinit { close(descriptor) }

  /// Forgets what was there.
  func restart() throws(FileError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw FileError("write", path)
    }
  }

  func append(_ bytes: [UInt8]) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { write(descriptor, $0 + done, buffer.count - done) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("write", path) }
      done += count
    }
  }

  var size: Int { Int(lseek(descriptor, 0, SEEK_CUR)) }

  /// Puts the file in place.
  func commit() throws(FileError) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw FileError("write", path)
    }
  }

  func remove() { unlink(temporary) }

  /// Whether the content is what the hub's tag says: SHA-256 of large files, git's SHA-1 of others.
  func matches(_ tag: String) throws(FileError) -> Bool {
    guard tag.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
      return true
    }
    switch tag.utf8.count {
    case 64: return try ContentHash.ofFile(temporary) == tag
    case 40: return try gitHash() == tag
    default: return true
    }
  }

  private func gitHash() throws(FileError) -> String {
    var hash = Insecure.SHA1()
    hash.update(data: Array("blob \(Folders.size(temporary) ?? 0)\u{0}".utf8))
    let reader = try FileReader(temporary)
    while true {
      let chunk = try reader.read(1 << 20)
      if chunk.isEmpty { break }
      hash.update(data: chunk)
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self)
  }
}
