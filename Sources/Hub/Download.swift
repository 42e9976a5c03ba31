import Records
import Stages
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Content that a transfer delivers, kept in memory.
final class Collected: Sendable {
  private let content = Mutex<[UInt8]>([])
  /// The list of a data set of half a million files.
  private static let mostBytes = 64 << 20

  var bytes: [UInt8] { content.withLock { $0 } }

  func append(_ bytes: [UInt8]) throws(FetchFault) {
    let count = content.withLock { content in
      content += bytes
      return content.count
    }
    guard count <= Self.mostBytes else {
      throw FetchFault(reason: "the answer takes more than \(Self.mostBytes >> 20) MB")
    }
  }
}

/// Fetches a file, from where an earlier try stopped.
struct Download {
  let fetch: HTTPFetch
  let secret: String?

  /// Fetches an address to a path.
  /// - Throws: `FetchFault` where the content is cut or is not what the tag says.
  func run(_ url: String, to path: String, tag: String, size: Int?) throws {
    let file = try PartialFile(path)
    if size != file.begun || file.begun == 0 {
      var headers: [String: String] = [:]
      if file.begun > 0 { headers["Range"] = "bytes=\(file.begun)-" }
      let restarted = Atomic(false)
      let head = try fetch.send("GET", url, headers: headers, secret: secret) { head, bytes in
        // A server that knows no ranges sends all of it.
        if head.status == 200, !restarted.exchange(true, ordering: .relaxed) { try file.restart() }
        try file.append(bytes)
      }
      if head.status == 416 {
        file.remove()
        throw FetchFault(reason: "what was there of it is no part of it any more")
      }
      guard (200..<300).contains(head.status) else {
        throw FetchFault(reason: "the server answers with status \(head.status)")
      }
      if head.status == 200, !restarted.load(ordering: .relaxed) { try file.restart() }
    }
    if let size, file.size != size {
      throw FetchFault(reason: "it ended after \(file.size) of \(size) bytes")
    }
    guard try file.matches(tag) else {
      file.remove()
      throw FetchFault(reason: "its hash is not the one that the server said")
    }
    try file.commit()
  }
}

/// A lock that other processes see, until it is let go.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits for the lock of a file, which is made where it is not there.
  init(_ path: String) throws(FileError) {
    try Folders.make(FilePaths.folder(path))
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("create", path) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { break }
    }
  }

  deinit { close(descriptor) }
}

/// A pattern of paths: `*` and `?` within a name, `**` for any folders.
struct PathPattern {
  private let pattern: [UInt8]

  init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

  /// Whether a path matches as a whole.
  func matches(_ path: String) -> Bool { matches(Array(path.utf8)[...], pattern[...]) }

  private func matches(_ path: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    let star = UInt8(ascii: "*")
    let slash = UInt8(ascii: "/")
    guard let first = pattern.first else { return path.isEmpty }
    let rest = pattern.dropFirst()
    if first == star {
      let isDeep = rest.first == star
      var behind = isDeep ? rest.dropFirst() : rest
      // No folder at all is one of those that ** stands for.
      if isDeep, behind.first == slash, matches(path, behind.dropFirst()) { return true }
      if isDeep, behind.isEmpty { return true }
      var left = path
      while true {
        if matches(left, behind) { return true }
        guard let byte = left.popFirst(), isDeep || byte != slash else { return false }
        behind = isDeep ? behind : rest
      }
    }
    guard let byte = path.first else { return false }
    return (first == byte || (first == UInt8(ascii: "?") && byte != slash))
      && matches(path.dropFirst(), rest)
  }
}
