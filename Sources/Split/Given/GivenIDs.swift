import Records
import Stages

/// Records that a person has put on a side, by lists of what they are called.
struct GivenIDs: Sendable {
  /// A file with an id a line.
  struct List: Sendable {
    let side: Side
    let path: String
    /// Each once, in the order of the file.
    var ids: [String] = []
  }

  /// What holds a record's name; nil for its own id.
  let field: Selector?
  /// What was read, in the order of `Side.allCases`.
  private(set) var lists: [List] = []
  /// The side of each name, by its hash.
  private var sides: [UInt128: Side] = [:]

  /// No lists.
  init(field: Selector?) { self.field = field }

  /// Reads the lists of sides.
  /// - Throws: `FileError`, and `StageError` for what is no list, or an id that two lists name.
  init(_ files: [Side: String], field: Selector?) throws {
    self.field = field
    for side in Side.allCases {
      if let path = files[side] { try read(path, side) }
    }
  }

  var isEmpty: Bool { lists.isEmpty }

  /// Where a record was put, and the name it was put there by; nil for a record that is in no list.
  func place(of record: Record) -> Placement? {
    guard !isEmpty, let name = record.name(by: field),
      let side = sides[ContentHash.short(name)]
    else { return nil }
    return Placement(side: side, name: name)
  }

  /// A record's given place.
  struct Placement: Sendable, Hashable {
    let side: Side
    let name: String
  }

  /// The fault where two records of one family were given to different sides.
  func conflict(_ one: Placement, _ other: Placement) -> StageError {
    StageError(
      "given-to-two-sides",
      "'\(one.name)' is in the list of \(one.side) and '\(other.name)' in that of \(other.side), and "
        + "they are of one family: they share a text, nearly so, a group or a parent",
      source: source(of: other), field: "\(other.side)-ids",
      remedy: "take one of them out of its list, or clean duplicates before the split")
  }

  /// Where a list has a name.
  private func source(of placement: Placement) -> Source? {
    let list = lists.first { $0.side == placement.side }
    let lines = list.flatMap { try? Self.lines(of: $0.path) }
    return lines?.first { $0.id == placement.name }?.source
  }

  /// The ids of a file and where they stand, those that stand there twice included.
  private static func lines(of path: String) throws -> [(id: String, source: Source)] {
    let lines = try FileReader.contents(path).split(
      separator: 0x0A, omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { index, line in
      let source = Source(file: path, line: index + 1)
      guard let text = String(validating: line, as: UTF8.self) else {
        throw StageError(
          "no-text", "this is no UTF-8 text", source: source, remedy: "write an id a line")
      }
      let isMarked = index == 0 && text.unicodeScalars.first == "\u{FEFF}"
      let id = (isMarked ? String(text.unicodeScalars.dropFirst()) : text).trimmedOfBlanks
      return id.isEmpty ? nil : (id, source)
    }
  }

  private mutating func read(_ path: String, _ side: Side) throws {
    var list = List(side: side, path: path)
    for (id, source) in try Self.lines(of: path) {
      switch sides.updateValue(side, forKey: ContentHash.short(id)) {
      case nil: list.ids.append(id)
      case side?: continue
      case let other?:
        throw StageError(
          "id-on-two-sides", "'\(id)' is in the list of \(other) too", source: source,
          remedy: "name it in one of the lists")
      }
    }
    guard !list.ids.isEmpty else {
      throw StageError(
        "no-ids", "the list names no record", source: Source(file: path, line: 0),
        field: "\(side)-ids", remedy: "write an id a line")
    }
    lists.append(list)
  }
}

extension Record {
  /// What a list of ids calls the record: the text that a selector names, or its own id.
  func name(by field: Selector?) -> String? {
    guard let field else { return id }
    return value(of: field)
  }
}
