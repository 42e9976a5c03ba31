import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The folder of a run, held so that no second run writes to it.
struct RunFolder {
  let path: String
  private let lock: FolderLock

  /// Makes the folder and takes its lock.
  /// - Throws: `Diagnostics` where another run is at work in it.
  init(_ path: String) throws {
    self.path = path
    lock = try Self.lock(path)
  }

  private static func lock(_ path: String) throws -> FolderLock {
    let result = Result { () throws(FileError) in try FolderLock(path) }
    guard case .failure(let error) = result, error.code == EWOULDBLOCK else {
      return try result.get()
    }
    throw Diagnostics([
      Diagnostic(
        "another run is at work in '\(path)'", remedy: "wait for it, or name another --out folder")
    ])
  }

  /// Removes what stages of older plans left in the cache.
  func prune(keeping results: [StageResult]) throws { try Self.prune(path, keeping: results) }

  /// The same of a folder that is no run's own.
  static func prune(_ path: String, keeping results: [StageResult]) throws {
    let wanted = Set(results.map { FilePaths.name($0.folder) })
    for name in try Folders.list("\(path)/cache")
    where name.first?.isNumber == true && !wanted.contains(name) {
      try Folders.remove("\(path)/cache/\(name)")
    }
  }
}
