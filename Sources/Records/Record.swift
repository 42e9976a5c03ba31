/// One example on its way from a raw file to a model.
public struct Record: Sendable, Hashable {
  /// Names the record within a run: `questions.jsonl:17`, the second record of a line `book.txt:17#2`,
  /// a child `questions.jsonl:17/synonyms.1`, a record of a second source `ingest#2:questions.jsonl:17`.
  public var id: String
  /// Where the record was read.
  public var source: Source
  /// The record this one was derived from, for augmented and expanded records, or the file of which it
  /// shares text with other records.
  public var parent: String?
  /// The stage that derived this record by augmentation; nil for originals, which alone are scored.
  public var augmentedBy: String?
  /// What the record says.
  public var content: Content
  /// The class or score the record was given.
  public var label: Label?
  /// The side of the split the record is on, once that is decided.
  public var side: Side?
  /// The form the record was read in and is written back in.
  public var schema: Schema
  /// Fields of the source that mean nothing to Anneal, kept for writing back.
  public var metadata: JSONObject

  /// A record.
  public init(
    id: String, source: Source, parent: String? = nil, augmentedBy: String? = nil, content: Content,
    label: Label? = nil, side: Side? = nil, schema: Schema, metadata: JSONObject = [:]
  ) {
    self.id = id
    self.source = source
    self.parent = parent
    self.augmentedBy = augmentedBy
    self.content = content
    self.label = label
    self.side = side
    self.schema = schema
    self.metadata = metadata
  }

  /// A child made from this record: same source and label, its own id, this record as parent.
  public func child(_ name: String, content: Content) -> Record {
    var child = self
    child.id = "\(id)/\(name)"
    child.parent = id
    child.content = content
    return child
  }
}

/// A place in a file.
public struct Source: Sendable, Hashable {
  /// The file's path as the pipeline named it, below the folder that all inputs share.
  public var file: String
  /// The line or record within the file, counted from 1.
  public var line: Int
  /// Which of several records of the line, counted from 1.
  public var part: Int

  /// A place in a file.
  public init(file: String, line: Int, part: Int = 1) {
    self.file = file
    self.line = line
    self.part = part
  }

  /// The place as it names a record: `book.txt:17`, or `book.txt:17#2` for the second of a line.
  package var name: String { part == 1 ? "\(file):\(line)" : "\(file):\(line)#\(part)" }
}

/// What a record says.
public enum Content: Sendable, Hashable {
  case text(String)
  case conversation(Conversation)
  case preference(Preference)
}

extension Content {
  /// Two contents are equal when they are of one kind and their texts have the same bytes.
  public static func == (left: Content, right: Content) -> Bool {
    switch (left, right) {
    case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
    case (.conversation(let left), .conversation(let right)): left == right
    case (.preference(let left), .preference(let right)): left == right
    default: false
    }
  }
}

/// The side of the split a record is on.
public enum Side: String, Sendable, Hashable, CaseIterable {
  case train
  case validation
  case test
}

/// A class name or score, in the JSON type it was read in.
public struct Label: Sendable, Hashable {
  /// The value as read: a string, a number or a boolean.
  public let value: JSONValue

  /// A label with the given JSON value.
  public init(_ value: JSONValue) { self.value = value }

  /// A label that is a name.
  public init(_ name: String) { value = .string(name) }

  /// The label as text: `cardiology`, `3`, `true`.
  public var name: String { value.string ?? value.text }
}
