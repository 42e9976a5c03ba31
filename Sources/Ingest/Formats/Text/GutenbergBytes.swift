import Records
import Stages

/// What is done with what Project Gutenberg writes before and behind a book.
enum GutenbergFrame: String, ChoiceValue {
  /// The text of the book alone is read.
  case strip
  /// The file is read as it is.
  case keep
}

/// Books of Project Gutenberg without what stands before and behind them; any other text as it is.
///
/// The lines before a book are blank ones, so that those of the book keep their numbers.
final class GutenbergBytes: ByteStream {
  private var bytes: BufferedBytes
  private var place = Place.unknown
  /// The ends of the lines left out since the last book.
  private var newlines = 0
  private static let chunk = 1 << 18
  /// The beginning of a book stands this near to that of its file.
  private static let longestHead = 1 << 16

  private enum Place {
    case unknown, book, other, behind
  }

  init(_ stream: any ByteStream) { bytes = BufferedBytes(stream) }

  func next() throws(StageError) -> [UInt8] {
    while true {
      switch place {
      case .unknown: return try head()
      case .other: return try bytes.read(Self.chunk)
      case .behind: return try findBook() ? [UInt8](repeating: 0x0A, count: newlines) : []
      case .book:
        let book = try book()
        // No bytes would say that the stream has ended, and another book may follow.
        if !book.isEmpty { return book }
      }
    }
  }

  /// Looks for the line that begins a book.
  private func head() throws(StageError) -> [UInt8] {
    var head: [UInt8] = []
    while head.count < Self.longestHead {
      let line = try bytes.line(atMost: Self.longestHead)
      if line.isEmpty { break }
      head += line
      newlines += line.last == 0x0A ? 1 : 0
      if Self.isMark(line, "*** START OF TH") {
        place = .book
        return [UInt8](repeating: 0x0A, count: newlines) + (try book())
      }
    }
    place = .other
    return head.isEmpty ? try bytes.read(Self.chunk) : head
  }

  private func book() throws(StageError) -> [UInt8] {
    var book: [UInt8] = []
    while book.count < Self.chunk {
      let line = try bytes.line(atMost: Self.chunk)
      guard !line.isEmpty, !Self.isMark(line, "*** END OF TH"), !Self.isEnd(line) else {
        place = .behind
        newlines = line.last == 0x0A ? 1 : 0
        break
      }
      book += line
    }
    return book
  }

  /// Looks for another book in the file; what stands between the two is left out too.
  private func findBook() throws(StageError) -> Bool {
    while true {
      let line = try bytes.line(atMost: Self.chunk)
      if line.isEmpty { return false }
      newlines += line.last == 0x0A ? 1 : 0
      guard Self.isMark(line, "*** START OF TH") else { continue }
      place = .book
      return true
    }
  }

  /// Whether a line begins as one of the marks and names the project.
  private static func isMark(_ line: [UInt8], _ mark: String) -> Bool {
    line.starts(with: mark.utf8)
      && line.firstRange(of: Array("PROJECT GUTENBERG".utf8)) != nil
  }

  private static func isEnd(_ line: [UInt8]) -> Bool {
    ["End of Project Gutenberg", "End of the Project Gutenberg"]
      .contains { line.starts(with: $0.utf8) }
  }
}
