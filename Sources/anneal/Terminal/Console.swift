import Foundation
import Glibc
import Stages
import Synchronization

/// Talks to people on standard error; data goes to standard output and nowhere else.
final class Console: Sendable {
  /// How much to say.
  enum Level: Int, Sendable { case quiet, normal, verbose }

  let level: Level
  /// Whether a person is looking on: a terminal, and no CI.
  let isLive: Bool
  private let isColored: Bool
  private let hasLine = Mutex(false)

  init(level: Level) {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    self.level = level
    isLive = isTerminal && environment["CI"] == nil && level != .quiet
    // As https://no-color.org has it: set, and not empty.
    isColored = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Says a line.
  func say(_ text: String) {
    guard level != .quiet else { return }
    hasLine.withLock { hasLine in
      put((hasLine ? "\r\u{1B}[2K" : "") + text + "\n")
      hasLine = false
    }
  }

  /// Says a line that only curious people want.
  func detail(_ text: String) { if level == .verbose { say(text) } }

  /// Shows a line that the next one replaces; nothing where no person is looking on.
  func show(_ text: String) {
    guard isLive else { return }
    hasLine.withLock { hasLine in
      put("\r\u{1B}[2K" + text.clipped(to: width - 1))
      hasLine = true
    }
  }

  /// Colours, where they are wanted.
  func bold(_ text: String) -> String { styled(text, "1") }
  func dim(_ text: String) -> String { styled(text, "2") }
  func red(_ text: String) -> String { styled(text, "31") }
  func green(_ text: String) -> String { styled(text, "32") }

  private func styled(_ text: String, _ code: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private func put(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Standard output, for data.
enum Output {
  /// Nothing more can be written; the program's exit status for that.
  struct Ended: Error {
    let status: Int32
  }

  /// Writes bytes; a reader that has gone away (`| head`) ends the program quietly.
  static func write(_ bytes: [UInt8]) {
    do throws(Ended) { try send(bytes) } catch { exit(error.status) }
  }

  /// Likewise for whoever has files to remove first.
  static func send(_ bytes: [UInt8]) throws(Ended) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Glibc.write(STDOUT_FILENO, $0 + start, buffer.count - start) } ?? 0
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw Ended(status: errno == EPIPE ? 0 : 1)
      }
      start += written
    }
  }

  static func write(_ text: String) { write(Array(text.utf8)) }
}

extension String {
  /// The text cut to a number of columns; marks of colour take none, and are ended where it is cut.
  fileprivate func clipped(to width: Int) -> String {
    var (text, columns, isMark) = ("", 0, false)
    for character in self {
      isMark = isMark || character == "\u{1B}"
      if !isMark { columns += 1 }
      if isMark || columns < width { text.append(character) }
      isMark = isMark && character != "m"
    }
    guard columns >= width else { return text }
    return columns == width ? self : text + "…"
  }

  /// The text with blanks behind it up to a number of columns.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

extension String {
  /// The text with blanks before it up to a number of columns.
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

extension Double {
  /// A time to come, as roughly as it is known: `10 s`, `4 min`, `2 h 05 min`.
  var span: String {
    guard isFinite, self < 1e9 else { return "long" }
    if self < 10 { return "\(Int(rounded())) s" }
    if self < 100 { return "\(Int((self / 5).rounded()) * 5) s" }
    let minutes = Int((self / 60).rounded())
    if minutes < 60 { return "\(minutes) min" }
    let rest = minutes % 60
    return "\((minutes / 60).grouped) h \(rest < 10 ? "0" : "")\(rest) min"
  }
}
