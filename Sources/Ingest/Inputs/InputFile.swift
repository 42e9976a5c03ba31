import Hub
import Records
import Stages

/// A file to read, and its name in record ids.
struct InputFile: Sendable, Hashable {
  /// The path to open; `-` is standard input.
  let path: String
  /// The path below the folder that all inputs of this machine share; what a file that was fetched is
  /// called where it came from.
  let name: String
  /// Whether what is read is the file at `path` as it is: no pipe, not packed, no part of an archive.
  var isPlain = false

  /// Its bytes on the disk; nil for what is no file, as a pipe.
  var size: Int? { path == Self.standardInput ? nil : Folders.sizeOfFile(path) }

  static let standardInput = "-"

  /// The files that paths and patterns name, each once: paths in the order they are written, the
  /// files of a pattern in the order of their bytes.
  /// - Throws: `StageError` naming what is missing and what stands near it.
  static func resolve(_ paths: [PathValue]) throws(StageError) -> [InputFile] {
    var seen: Set<String> = []
    var found: [Found] = []
    for path in paths { found += try files(of: path).filter { seen.insert($0.path).inserted } }
    let shared = sharedFolder(of: found.filter(\.isBelowFolder).map(\.path))
    var names: Set<String> = []
    return found.map { file in
      let name = file.name ?? String(file.path.dropFirst(file.isBelowFolder ? shared.count : 0))
      return InputFile(path: file.path, name: unique(name, among: &names))
    }
  }

  /// A file, and what it is called where it was fetched from.
  private struct Found {
    let path: String
    var name: String?

    var isBelowFolder: Bool { name == nil && path != standardInput }
  }

  /// The name, with a number before it where another file has it, such as of another revision.
  private static func unique(_ name: String, among names: inout Set<String>) -> String {
    var unique = name
    var number = 1
    while !names.insert(unique).inserted {
      number += 1
      unique = "\(number)/\(name)"
    }
    return unique
  }

  private static func files(of value: PathValue) throws(StageError) -> [Found] {
    let path = value.resolved
    guard path.contains("://") else { return try localFiles(of: value).map { Found(path: $0) } }
    return try RemoteFiles.files(of: path).map { Found(path: $0.path, name: $0.name) }
  }

  private static func localFiles(of value: PathValue) throws(StageError) -> [String] {
    let path = value.resolved
    let source = Source(file: value.written, line: 0)
    if path == standardInput { return [path] }
    if Folders.isFolder(path) { throw folder(path, source) }
    if Folders.exists(path) { return [try checked(FilePaths.normalize(path), source)] }
    if Folders.isBrokenLink(path) { throw brokenLink(source) }
    guard Glob.isPattern(path) else { throw missing(path, source) }
    let files = try Glob.files(matching: FilePaths.normalize(path))
      .map { (file) throws(StageError) in try checked(file, Source(file: file, line: 0)) }
    guard !files.isEmpty else {
      throw StageError(
        "no-files-match", "no file matches the pattern", source: source, remedy: contents(of: path))
    }
    return files
  }

  /// A path that leads to a plain file.
  ///
  /// Inputs are read twice, once for their hash, and what is read from a pipe is gone; one that nobody
  /// writes to would be waited for without end.
  private static func checked(_ path: String, _ source: Source) throws(StageError) -> String {
    guard Folders.exists(path) else {
      throw Folders.isBrokenLink(path) ? brokenLink(source) : missing(path, source)
    }
    guard Folders.isFile(path) else {
      throw StageError(
        "not-a-file", "this is a pipe, a device or a socket", source: source,
        remedy: "write '-' for the path, and pipe it in")
    }
    return path
  }

  /// The longest folder that all paths lie below, with its slash.
  private static func sharedFolder(of paths: [String]) -> String {
    guard var shared = paths.first.map({ FilePaths.folder($0).split(separator: "/") }) else {
      return ""
    }
    for path in paths {
      let parts = FilePaths.folder(path).split(separator: "/")
      shared = Array(zip(shared, parts).prefix { $0.0 == $0.1 }.map(\.0))
    }
    return shared.isEmpty ? "/" : "/\(shared.joined(separator: "/"))/"
  }

  // MARK: - What to say

  private static func folder(_ path: String, _ source: Source) -> StageError {
    let names = (try? Folders.list(path)) ?? []
    let endings = names.compactMap { FileFormat.ending(of: $0) }
    let counts = Dictionary(endings.map { ($0, 1) }, uniquingKeysWith: +)
    let common = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "jsonl"
    return StageError(
      "is-a-folder", "this is a folder", source: source,
      remedy: "write '\(source.file)/*.\(common)', or '**' for folders within")
  }

  private static func brokenLink(_ source: Source) -> StageError {
    StageError(
      "missing-file", "this is a link to what is not there", source: source,
      remedy: "see where it leads: ls -l")
  }

  private static func missing(_ path: String, _ source: Source) -> StageError {
    // Bytes that are no UTF-8 cannot be in a path.
    let isMisread = path.unicodeScalars.contains("\u{FFFD}")
    return StageError(
      "missing-file", "there is no such file", source: source,
      remedy: isMisread ? "rename it, if its name is not UTF-8" : contents(of: path))
  }

  /// What stands in the folder that a path names a file of.
  private static func contents(of path: String) -> String? {
    let folder = FilePaths.folder(path)
    guard !Glob.isPattern(folder) else { return "check the pattern" }
    guard let names = try? Folders.list(folder) else {
      let isThere = Folders.isFolder(folder)
      return isThere ? "check the permissions of '\(folder)'" : "there is no folder '\(folder)'"
    }
    if names.isEmpty { return "the folder '\(folder)' is empty" }
    let isShort = names.count <= 12
    return Suggestion.nearest(to: FilePaths.name(path), among: names).map {
      "did you mean '\($0)'?"
    }
      ?? (isShort ? "the folder holds \(names.joined(separator: ", "))" : "check the path")
  }
}
