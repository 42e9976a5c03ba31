import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Files and folders beside their final place, which a killed process could not finish.
public enum Leftovers {
  private static let serial = Atomic(0)

  /// A name beside `path` that nothing else has: `PATH.tmp-PROCESS-NUMBER`.
  static func name(_ kind: String, for path: String) -> String {
    let number = serial.wrappingAdd(1, ordering: .relaxed).oldValue
    return "\(path).\(kind)-\(getpid())-\(number)"
  }

  /// Clears a folder of what killed processes left: half-written files and folders go; one that was
  /// about to be replaced goes back to its place if that is empty.
  ///
  /// Folders below it are left alone. No other process may be writing there.
  public static func clear(_ folder: String) throws(FileError) {
    try clear(folder, of: nil)
  }

  /// Clears what killed processes left of one file or folder, and nothing else that is beside it.
  ///
  /// No other process may be writing it.
  package static func clear(of path: String) throws(FileError) {
    try clear(FilePaths.folder(path), of: FilePaths.name(path))
  }

  private static func clear(_ folder: String, of only: String?) throws(FileError) {
    guard Folders.isFolder(folder) else { return }
    for name in try Folders.list(folder) {
      if let only, parse(name)?.original != only { continue }
      let path = "\(folder)/\(name)"
      switch parse(name) {
      case ("tmp", _)?: try Folders.remove(path)
      case ("old", let original)?: try restore(path, as: "\(folder)/\(original)")
      default: break
      }
    }
  }

  private static func restore(_ old: String, as path: String) throws(FileError) {
    if Folders.exists(path) { return try Folders.remove(old) }
    guard rename(old, path) == 0 else { throw FileError("restore", path) }
  }

  /// The kind and the original name in a name that `name` made; nil for all others.
  private static func parse(_ name: String) -> (kind: String, original: String)? {
    let dotted = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = dotted.last, dotted.count > 1 else { return nil }
    let parts = last.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.dropFirst().allSatisfy({ Int($0) != nil }) else { return nil }
    return (String(parts[0]), dotted.dropLast().joined(separator: "."))
  }
}
