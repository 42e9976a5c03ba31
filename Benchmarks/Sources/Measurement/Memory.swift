internal import Foundation

/// The memory of this process.
public enum Memory {
  /// The resident bytes now.
  public static var inUse: Int { field("VmRSS:") }

  /// The most resident bytes so far.
  public static var peak: Int { field("VmHWM:") }

  private static func field(_ name: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}
