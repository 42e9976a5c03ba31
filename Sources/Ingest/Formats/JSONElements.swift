import Records
import Stages

/// Finds the records of a JSON file: elements of an array, or objects one after the other.
///
/// An object that holds one list of objects, such as `{"data": [...]}`, stands for the list. Memory
/// is that of one record and a chunk.
struct JSONElements {
  private var cursor: ByteCursor
  private let name: String
  private let largest: Int
  private let visit: (Int, SourceUnit.Payload) throws -> Void
  private var count = 0

  /// Lists of turns belong to a record; they are no lists of records.
  private static let turnKeys = [
    "messages", "conversations", "conversation", "history", "prompt", "chosen", "rejected", "tools",
  ]

  private init(
    _ stream: any ByteStream, name: String, largest: Int,
    visit: @escaping (Int, SourceUnit.Payload) throws -> Void
  ) {
    cursor = ByteCursor(stream, name: name, largest: largest)
    self.name = name
    self.largest = largest
    self.visit = visit
  }

  /// Calls `visit` with the number of each record, counted from 1, and its bytes, or with a fault
  /// where a record of a list is larger than `largest` bytes.
  static func forEach(
    in stream: any ByteStream, name: String, largest: Int,
    _ visit: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    try withoutActuallyEscaping(visit) { visit in
      var elements = JSONElements(stream, name: name, largest: largest, visit: visit)
      try elements.run()
    }
  }

  private mutating func run() throws {
    while let byte = try cursor.peekBehindSpace() {
      switch byte {
      case UInt8(ascii: "["): try array()
      case UInt8(ascii: "{"): try object()
      default: throw fault("no object or list of objects begins here")
      }
    }
  }

  private mutating func array() throws {
    cursor.advance()
    if try cursor.peekBehindSpace() == UInt8(ascii: "]") { return cursor.advance() }
    while true {
      guard try cursor.peekBehindSpace() != nil else { throw unfinished }
      try element()
      if try takesEnd(of: UInt8(ascii: "]"), "a list") { return }
    }
  }

  /// Reads a comma, or the bracket that ends; true for the bracket.
  private mutating func takesEnd(of close: UInt8, _ what: String) throws(StageError) -> Bool {
    switch try cursor.peekBehindSpace() {
    case close:
      cursor.advance()
      return true
    case UInt8(ascii: ","):
      cursor.advance()
      return false
    case nil: throw unfinished
    default: throw fault("a comma is missing in \(what)")
    }
  }

  /// Reads an element; one that is too large is passed over, and the list goes on.
  private mutating func element() throws {
    let bytes: [UInt8]
    do throws(StageError) {
      bytes = try value()
    } catch {
      guard error.code == "too-large" else { throw error }
      count += 1
      return try visit(count, .fault(error))
    }
    try emit(bytes)
  }

  private mutating func emit(_ bytes: [UInt8]) throws {
    count += 1
    try visit(count, .bytes(bytes))
  }

  /// An object at the top: a record, or what holds the list of records.
  private mutating func object() throws {
    cursor.advance()
    var raw = [UInt8(ascii: "{")]
    var list: [UInt8]?
    if try cursor.peekBehindSpace() == UInt8(ascii: "}") {
      cursor.advance()
      return try emit(raw + [UInt8(ascii: "}")])
    }
    while true {
      let key = try self.key()
      if try holdsRecords(key) {
        guard list == nil else {
          throw fault(
            "the file holds two lists of objects, \(text(list ?? [])) and \(text(key))",
            remedy: "write the list to read into a file of its own")
        }
        list = key
        try array()
      } else {
        raw += key + [UInt8(ascii: ":")] + (try value())
        if raw.count > largest { throw StageError.tooLarge(cursor.source, limit: largest) }
      }
      if try takesEnd(of: UInt8(ascii: "}"), "an object") { break }
      raw.append(UInt8(ascii: ","))
    }
    if list == nil { try emit(raw + [UInt8(ascii: "}")]) }
  }

  /// A key in quotes and the colon behind it.
  private mutating func key() throws(StageError) -> [UInt8] {
    guard try cursor.peekBehindSpace() == UInt8(ascii: "\"") else {
      throw fault("a key in quotes is missing")
    }
    let key = try value()
    guard try cursor.peekBehindSpace() == UInt8(ascii: ":") else {
      throw fault("a colon is missing after a key")
    }
    cursor.advance()
    guard try cursor.peekBehindSpace() != nil else { throw unfinished }
    return key
  }

  private mutating func holdsRecords(_ key: [UInt8]) throws(StageError) -> Bool {
    guard try cursor.peek() == UInt8(ascii: "["), !Self.turnKeys.contains(where: { isKey(key, $0) })
    else { return false }
    return try cursor.arrayHoldsObjects()
  }

  private func isKey(_ key: [UInt8], _ name: String) -> Bool {
    key.dropFirst().dropLast().elementsEqual(name.utf8)
  }

  private mutating func value() throws(StageError) -> [UInt8] {
    guard let bytes = try cursor.value() else { throw unfinished }
    guard !bytes.isEmpty else { throw fault("a value is missing") }
    return bytes
  }

  private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }

  private var unfinished: StageError {
    fault(
      "the file ends within record \(count + 1)",
      remedy: "it may have been cut short: fetch it again"
    )
  }

  private func fault(_ message: String, remedy: String? = nil) -> StageError {
    StageError(
      "invalid-json", message, source: cursor.source,
      remedy: remedy ?? "if the file has one object a line, write 'format: jsonl'")
  }
}
