import Foundation
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The lines of standard input as a person types them, or as a file or program gives them.
struct TerminalLines {
  /// Whether a person types.
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  private let prompt: String
  private var buffer: [UInt8] = []
  private var isAtEnd = false

  /// - Parameter prompt: What a person is shown before each line.
  init(prompt: String) { self.prompt = prompt }

  /// The next line without its end; nil after the last.
  /// - Throws: `Interrupted` where the user asks to stop while a line is waited for.
  mutating func next() throws(Interrupted) -> String? {
    if Self.isTerminal { FileHandle.standardError.write(Data(prompt.utf8)) }
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...end) }
        return Self.text(buffer[..<end])
      }
      guard !isAtEnd else {
        defer { buffer = [] }
        return buffer.isEmpty ? nil : Self.text(buffer[...])
      }
      try read()
    }
  }

  /// Waits for bytes; Ctrl-C is looked for meanwhile, for it interrupts no system call here.
  private mutating func read() throws(Interrupted) {
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, 100) <= 0 { try Interruption.check() }
    try Interruption.check()
    var chunk = [UInt8](repeating: 0, count: 1 << 12)
    let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
    isAtEnd = count <= 0
    buffer += chunk.prefix(max(count, 0))
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
  }
}
