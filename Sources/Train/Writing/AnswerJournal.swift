import Records
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Answers as they are written, batch by batch, so that what a killed run has written is there for the
/// next.
///
/// A file of JSON lines: first what the answers depend on, then `{"batch", "texts"}` a line. Lines are
/// appended and synced; one that a kill cut short is written over. Only the same questions, model and
/// options find their answers, so the file may stay for other metrics.
public struct AnswerJournal: Sendable {
  private let path: String
  private let fingerprint: String

  /// A journal in a file that need not be there yet.
  ///
  /// - Parameter fingerprint: of all that answers depend on besides the questions.
  public init(path: String, fingerprint: String) {
    (self.path, self.fingerprint) = (path, fingerprint)
  }

  /// Opens the file for some questions in some batches; what it holds of others is removed.
  /// - Throws: `FileError`.
  func open(_ questions: [Question], _ batches: [[Int]]) throws(FileError) -> AnswerLines {
    try AnswerLines(
      path: path, header: header(questions, batches), sizes: batches.map(\.count))
  }

  private func header(_ questions: [Question], _ batches: [[Int]]) -> String {
    var bytes: [UInt8] = []
    func add(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    for question in questions {
      add(question.key)
      add(question.tokens.count)
      for token in question.tokens { add(token) }
    }
    for batch in batches { add(batch.count) }
    let parts: JSONValue = [.string(fingerprint), .string(ContentHash.of(bytes))]
    return ContentHash.of(parts.text)
  }
}

/// The open file of a journal.
final class AnswerLines {
  /// The answers that are there, by the number of their batch.
  private(set) var kept: [Int: [String]] = [:]
  private let path: String
  private let descriptor: Int32

  fileprivate init(path: String, header: String, sizes: [Int]) throws(FileError) {
    self.path = path
    try Folders.make(FilePaths.folder(path))
    descriptor = systemOpen(path)
    guard descriptor >= 0 else { throw FileError("open", path) }
    let (found, end) = Self.read((try? FileReader.contents(path)) ?? [], header, sizes)
    kept = found
    guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw FileError("write", path)
    }
    if end == 0 { try append(["answers": .string(header)]) }
  }

  deinit { close(descriptor) }

  /// The whole lines of a file that begins with a header, and where they end; nothing of another.
  private static func read(
    _ bytes: [UInt8], _ header: String, _ sizes: [Int]
  ) -> (kept: [Int: [String]], end: Int) {
    var kept: [Int: [String]] = [:]
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      guard let line = try? JSONValue.parse(Array(bytes[start..<end])) else { break }
      if start == 0 {
        guard line["answers"]?.string == header else { return ([:], 0) }
      } else {
        guard let batch = line["batch"]?.int, sizes.indices.contains(batch),
          let texts = line["texts"]?.array?.compactMap(\.string), texts.count == sizes[batch]
        else { break }
        kept[batch] = texts
      }
      start = end + 1
    }
    return (kept, start)
  }

  /// Keeps the answers of a batch.
  func keep(_ texts: [String], of batch: Int) throws(FileError) {
    try append(["batch": .integer(batch), "texts": .array(texts.map { .string($0) })])
    kept[batch] = texts
  }

  private func append(_ line: JSONValue) throws(FileError) {
    let bytes = line.bytes + [UInt8(ascii: "\n")]
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { systemWrite(descriptor, $0) }
      guard count > 0 else { throw FileError("write", path) }
      done += count
    }
    guard fsync(descriptor) == 0 else { throw FileError("write", path) }
  }
}

private func systemOpen(_ path: String) -> Int32 { open(path, O_RDWR | O_CREAT, 0o644) }

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
