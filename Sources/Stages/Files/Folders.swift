#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Folders: make, list, remove, publish.
public enum Folders {
  /// Makes a folder and those above it.
  public static func make(_ path: String) throws(FileError) {
    if isFolder(path) { return }
    let parent = FilePaths.folder(path)
    if parent != path, parent != "." { try make(parent) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileError("make the folder", path)
    }
    guard isFolder(path) else { throw FileError("make the folder", path, code: ENOTDIR) }
  }

  /// Whether a folder is there.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a folder is there that is no link to one.
  static func isRealFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether anything is there.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a path leads to a plain file: no folder, no device, no pipe.
  package static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The size of a file in bytes; nil where there is none.
  public static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// The size of a regular file in bytes; nil where there is none, or something else, as a pipe.
  package static func sizeOfFile(_ path: String) -> Int? { isFile(path) ? size(path) : nil }

  /// Whether a path is a link that leads nowhere, or to itself.
  package static func isBrokenLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK && !exists(path)
  }

  /// The names in a folder in the order of their bytes, without `.` and `..`.
  public static func list(_ path: String) throws(FileError) -> [String] {
    guard let directory = opendir(path) else { throw FileError("list", path) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The files below a folder as paths relative to it: folder by folder, names in the order of their bytes.
  ///
  /// Links to folders are followed, but not back into a folder above them.
  public static func files(below path: String) throws(FileError) -> [String] {
    try files(below: path, above: [])
  }

  private static func files(
    below path: String, above: [Identity]
  ) throws(FileError) -> [String] {
    guard let own = Identity(path), !above.contains(own) else { return [] }
    var files: [String] = []
    for name in try list(path) {
      let full = "\(path)/\(name)"
      guard isFolder(full) else {
        files.append(name)
        continue
      }
      files += try Self.files(below: full, above: above + [own]).map { "\(name)/\($0)" }
    }
    return files
  }

  /// What makes two paths the same folder.
  private struct Identity: Equatable {
    let device: UInt64
    let number: UInt64

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      device = UInt64(truncatingIfNeeded: status.st_dev)
      number = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  /// Removes a file or a folder with all that is in it; nothing there is no fault.
  public static func remove(_ path: String) throws(FileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if isRealFolder(path) {
      for name in try list(path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 else { throw FileError("remove", path) }
    } else {
      guard unlink(path) == 0 else { throw FileError("remove", path) }
    }
  }
}
