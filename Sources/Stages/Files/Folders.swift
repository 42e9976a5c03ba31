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

  /// Whether anything is there.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The size of a file in bytes; nil where there is none.
  public static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
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

  /// The files below a folder as paths relative to it, in the order of their bytes.
  public static func files(below path: String) throws(FileError) -> [String] {
    var files: [String] = []
    for name in try list(path) {
      let full = "\(path)/\(name)"
      guard isFolder(full) else {
        files.append(name)
        continue
      }
      files += try Self.files(below: full).map { "\(name)/\($0)" }
    }
    return files
  }

  /// Removes a file or a folder with all that is in it; nothing there is no fault.
  public static func remove(_ path: String) throws(FileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try list(path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 else { throw FileError("remove", path) }
    } else {
      guard unlink(path) == 0 else { throw FileError("remove", path) }
    }
  }

  /// Moves a finished folder into place in one step, over what was there.
  public static func publish(_ temporary: String, as path: String) throws(FileError) {
    try sync(temporary)
    if exists(path) {
      let old = "\(path).old-\(getpid())"
      guard rename(path, old) == 0 else { throw FileError("replace", path) }
      guard rename(temporary, path) == 0 else { throw FileError("replace", path) }
      try remove(old)
    } else {
      try make(FilePaths.folder(path))
      guard rename(temporary, path) == 0 else { throw FileError("make", path) }
    }
    try sync(FilePaths.folder(path))
  }

  /// Sees to it that a folder's entries are on the disk.
  public static func sync(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder; they say EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("write", path) }
  }
}
