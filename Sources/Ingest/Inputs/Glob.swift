import Stages

/// Shell patterns over files: `*` and `?` within a name, `**` for any depth of folders.
///
/// As in a shell, names that begin with a dot are matched only by patterns that begin with one.
enum Glob {
  /// Whether a path holds a wildcard.
  static func isPattern(_ path: String) -> Bool {
    path.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
  }

  /// The files that match an absolute pattern, in the order of their bytes.
  static func files(matching pattern: String) -> [String] {
    let parts = pattern.split(separator: "/").map(String.init)
    return files(below: "", parts[...]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func files(below folder: String, _ parts: ArraySlice<String>) -> Set<String> {
    guard let part = parts.first else { return [] }
    let rest = parts.dropFirst()
    guard isPattern(part) else {
      let path = "\(folder)/\(part)"
      guard rest.isEmpty else { return files(below: path, rest) }
      return Folders.exists(path) && !Folders.isFolder(path) ? [path] : []
    }
    var found: Set<String> = []
    // No folder at all is one of the depths that ** stands for.
    if part == "**" { found = files(below: folder, rest.isEmpty ? ["*"] : rest) }
    for name in names(in: folder, matching: part == "**" ? "*" : part) {
      let path = "\(folder)/\(name)"
      if Folders.isFolder(path) {
        found.formUnion(files(below: path, part == "**" ? parts : rest))
      } else if rest.isEmpty, part != "**" {
        found.insert(path)
      }
    }
    return found
  }

  private static func names(in folder: String, matching pattern: String) -> [String] {
    // A folder that cannot be listed matches nothing.
    let names = (try? Folders.list(folder.isEmpty ? "/" : folder)) ?? []
    return names.filter {
      ($0.hasPrefix(".") == pattern.hasPrefix(".")) && matches($0, pattern)
    }
  }

  /// Whether a name matches a pattern of one part; `?` stands for one scalar.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.unicodeScalars)
    let pattern = Array(pattern.unicodeScalars)
    var n = 0
    var p = 0
    // Where the last star stood, and how much of the name it has taken: go back there on a miss.
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        n += 1
        p += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        n = last.name + 1
        p = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
