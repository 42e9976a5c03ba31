import Records
import Stages

/// One line of JSON that asks a model for something, with reads that name the line and field at fault.
struct RequestLine {
  /// The members of the line.
  let object: JSONObject
  /// The file and line.
  let source: Source

  /// Parses a line.
  /// - Parameter fields: The names that the line may have.
  /// - Throws: `StageError` for what is no JSON object, or has other names.
  init(_ bytes: ArraySlice<UInt8>, at source: Source, fields: [String]) throws(StageError) {
    object = try InputLine.object(bytes, at: source)
    self.source = source
    if let unknown = object.keys.first(where: { !fields.contains($0) }) {
      throw fault(
        "is not known here", field: unknown,
        remedy: Suggestion.remedy(for: unknown, among: fields)
          ?? "a line has \(fields.joined(separator: ", "))")
    }
  }

  /// The value of a field; nil where it is missing or null.
  subscript(field: String) -> JSONValue? { object[field].flatMap { $0.isNull ? nil : $0 } }

  /// An error about a field of the line.
  func fault(_ problem: String, field: String, remedy: String? = nil) -> StageError {
    StageError("invalid-record", problem, source: source, field: field, remedy: remedy)
  }

  func list(_ value: JSONValue, field: String) throws(StageError) -> [JSONValue] {
    guard let list = value.array else {
      throw fault("is \(value.kindName), not a list", field: field)
    }
    return list
  }

  /// A list of whole numbers of a kind.
  func integers(
    _ value: JSONValue, _ kind: IntegerKind, field: String
  ) throws(StageError) -> [Int32] {
    var numbers: [Int32] = []
    for (place, element) in try list(value, field: field).enumerated() {
      numbers.append(try integer(element, kind, field: "\(field)[\(place)]"))
    }
    return numbers
  }

  /// A whole number of a kind.
  func integer(
    _ value: JSONValue, _ kind: IntegerKind, field: String
  ) throws(StageError) -> Int32 {
    guard let number = value.int, kind.accepts(number) else {
      let found = value.double == nil ? value.kindName : value.text
      throw fault("is \(found), expected \(kind.expected)", field: field)
    }
    return Int32(number)
  }
}

/// What the whole numbers of a field stand for.
struct IntegerKind {
  /// The numbers are from 0 to below this.
  let limit: Int
  /// A number that is accepted besides.
  var other: Int?
  /// What a person is told to write.
  let expected: String

  func accepts(_ number: Int) -> Bool { 0..<limit ~= number || number == other }

  /// Ids of a vocabulary.
  static func tokens(_ count: Int) -> IntegerKind {
    IntegerKind(limit: count, expected: "a token id from 0 to \(count - 1)")
  }

  /// Classes of which some count for nothing.
  static func labels(_ count: Int) -> IntegerKind {
    IntegerKind(
      limit: count, other: -100,
      expected: "a class from 0 to \(count - 1), or -100 for one that does not count")
  }

  /// Whether a place holds a token.
  static let mask = IntegerKind(limit: 2, expected: "0 or 1")
}

extension LineBatches {
  /// Walks the lines that are not blank, with their places.
  static func forEachLine(
    of input: String, _ visit: (ArraySlice<UInt8>, Source) throws -> Void,
    between batches: () throws -> Void = {}
  ) throws {
    let name = input == "-" ? "stdin" : input
    var number = 0
    try LineBatches(input, chunk: 1 << 18).forEach { lines in
      for line in lines {
        try Interruption.check()
        number += 1
        if InputLine.isBlank(line) { continue }
        try visit(line, Source(file: name, line: number))
      }
      try batches()
    }
  }
}
