#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Arithmetic on paths, and those that the system tells.
public enum FilePaths {
  /// The user's home folder.
  public static var home: String { environment("HOME") ?? "/" }

  /// The current directory.
  public static var current: String {
    guard let buffer = getcwd(nil, 0) else { return "/" }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  /// A variable of the environment, nil where it is unset or empty.
  public static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The program that runs, links resolved; nil where the system does not tell.
  public static var program: String? {
    guard let buffer = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  /// The folder for files that nobody needs afterwards.
  public static var temporary: String { environment("TMPDIR") ?? "/tmp" }

  /// `base/path`, with `.` and `..` resolved; an absolute `path` stands alone.
  public static func join(_ base: String, _ path: String) -> String {
    normalize(path.hasPrefix("/") ? path : "\(base)/\(path)")
  }

  /// The path without empty parts, `.` and `..`.
  public static func normalize(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !path.hasPrefix("/") {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/\(joined)" : joined.isEmpty ? "." : joined
  }

  /// The last part of a path.
  public static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Everything before the last part of a path.
  public static func folder(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
