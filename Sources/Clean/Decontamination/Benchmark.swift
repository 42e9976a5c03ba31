import Records
import Stages
import TextKit

/// Questions that models are scored on, with their answers, from one file.
struct Benchmark: Sendable {
  /// One question.
  struct Item: Sendable {
    /// Its id in the file, or its line.
    let name: String
    let query: String
    let answer: String
  }

  /// The file's name.
  let name: String
  let items: [Item]

  private static let queries = [
    "question", "query", "prompt", "instruction", "problem", "input", "text", "sentence", "context",
  ]
  private static let answers = [
    "answer", "output", "response", "completion", "solution", "target", "answers", "best_answer",
  ]

  /// Reads a file of JSON lines, of one JSON list, or of plain text with an item a line.
  ///
  /// With no names the members that benchmarks commonly use are taken: all that name a question, and
  /// the first that names an answer.
  init(path: String, query: [String], answer: [String]) throws {
    name = FilePaths.name(path)
    let bytes = try FileReader.contents(path)
    if bytes.starts(with: [0x1F, 0x8B]) {
      throw StageError(
        "unreadable-benchmark", "is packed by gzip", source: Source(file: path, line: 0),
        remedy: "unpack it: gunzip -k '\(path)'")
    }
    var items: [Item] = []
    for (line, value) in try Self.values(bytes, path) {
      guard let item = Self.item(value, line, query, answer) else {
        throw StageError(
          "unreadable-benchmark", "has no question", source: Source(file: path, line: line),
          remedy: "name the members that hold questions and answers: query: [title], answer: [key]")
      }
      items.append(item)
    }
    self.items = items
  }

  /// The values of a file with their lines, or their places in a list, from 1.
  private static func values(_ bytes: [UInt8], _ path: String) throws -> [(Int, JSONValue)] {
    let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
    if first == UInt8(ascii: "["), let list = try? JSONValue.parse(bytes).array {
      return list.enumerated().map { ($0.offset + 1, $0.element) }
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { number, line in
      guard line.contains(where: { $0 > 0x20 }) else { return nil }
      guard first == UInt8(ascii: "{") else {
        return (number + 1, .string(String(decoding: line, as: UTF8.self)))
      }
      do { return (number + 1, try JSONValue.parse(line)) } catch {
        throw StageError(
          "unreadable-benchmark", "\(error)", source: Source(file: path, line: number + 1))
      }
    }
  }

  private static func item(
    _ value: JSONValue, _ line: Int, _ query: [String], _ answer: [String]
  ) -> Item? {
    if let text = value.string { return Item(name: "\(line)", query: text, answer: "") }
    guard let object = value.object else { return nil }
    let asked = (query.isEmpty ? queries : query).compactMap { object[$0].flatMap(text) }
    let answered = (answer.isEmpty ? answers : answer).compactMap { object[$0].flatMap(text) }
    guard !asked.isEmpty else { return nil }
    return Item(
      name: object["id"].flatMap(text) ?? "\(line)", query: asked.joined(separator: "\n"),
      answer: answer.isEmpty ? answered.first ?? "" : answered.joined(separator: "\n"))
  }

  /// The text of a member: a string, a number, or all texts of a list.
  private static func text(_ value: JSONValue) -> String? {
    if let list = value.array {
      let texts = list.compactMap(\.string)
      return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
    if value.isNull || value.object != nil { return nil }
    return value.string ?? value.text
  }
}
