import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The folder of a run, held so that no second run writes to it.
final class RunFolder {
  let path: String
  private let lock: Int32

  /// Makes the folder and takes its lock.
  /// - Throws: `Diagnostics` where another run is at work in it.
  init(_ path: String) throws {
    self.path = path
    try Folders.make(path)
    let file = "\(path)/.lock"
    lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw FileError("open", file) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw Diagnostics([
        Diagnostic(
          "another run is at work in '\(path)'", remedy: "wait for it, or name another --out folder"
        )
      ])
    }
  }

  deinit { close(lock) }

  /// Removes what stages of older plans left in the cache.
  func prune(keeping results: [StageResult]) throws {
    let wanted = Set(results.map { FilePaths.name($0.folder) })
    for name in try Folders.list("\(path)/cache")
    where name.first?.isNumber == true && !wanted.contains(name) {
      try Folders.remove("\(path)/cache/\(name)")
    }
  }
}
