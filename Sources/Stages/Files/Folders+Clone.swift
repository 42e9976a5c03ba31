#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Folders {
  /// Puts a second folder of the same files in place in one step, where there is none yet.
  ///
  /// The files are shared on the disk, so that this takes neither time nor room; where the file
  /// system cannot share them, they are copied. For folders whose files are replaced, never edited.
  package static func clone(_ source: String, as path: String) throws {
    guard !exists(path) else { return }
    let temporary = Leftovers.name("tmp", for: path)
    for name in try files(below: source) {
      try share("\(source)/\(name)", as: "\(temporary)/\(name)")
    }
    try publish(temporary, as: path)
  }

  private static func share(_ source: String, as path: String) throws {
    try make(FilePaths.folder(path))
    if link(source, path) == 0 { return }
    let file = try AtomicFile(path, isHashed: false)
    try FileReader(source).forEachChunk { try file.write($0) }
    try file.commit()
  }
}
