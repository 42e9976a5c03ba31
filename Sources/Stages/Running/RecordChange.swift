import Records

/// What a stage changed in a record, found by comparing it before and after, as one event of the
/// record's trail: `{"stage": …, "changes": [{field, at, from, to}, …], "side": …, "note": …}`.
///
/// Events are written as bytes straight away, since every changed record has one in every stage.
struct RecordChange {
  let stage: String
  let before: Record
  let after: Record
  let note: JSONValue?

  /// Nil where nothing changed and nothing is noted.
  init?(stage: String, before: Record, after: Record, note: JSONValue?) {
    guard note != nil || before != after else { return nil }
    self.stage = stage
    self.before = before
    self.after = after
    self.note = note
  }

  /// Whether the record's content is another one.
  var isOfContent: Bool { before.content != after.content }

  /// Appends the event.
  func write(to buffer: inout [UInt8]) {
    Self.begin(stage, to: &buffer)
    writeContent(to: &buffer)
    var rest = JSONObject()
    if before.side != after.side {
      rest["side"] = after.side.map { .string($0.rawValue) } ?? .null
    }
    let keys = metadataChanges
    if !keys.isEmpty { rest["metadata"] = .array(keys) }
    if before.label != after.label { rest["label"] = after.label?.value ?? .null }
    if let note { rest["note"] = note }
    for member in rest.members {
      buffer.append(UInt8(ascii: ","))
      JSONValue.write(member.key, to: &buffer)
      buffer.append(UInt8(ascii: ":"))
      member.value.write(to: &buffer)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  /// Appends the event of a stage that changed nothing but these texts.
  static func write(
    _ edits: TextEdits, of stage: String, to buffer: inout [UInt8]
  ) {
    begin(stage, to: &buffer)
    buffer.append(contentsOf: ",\"changes\":[".utf8)
    for (index, edit) in edits.edits.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      edits.withTexts(of: edit) { old, new in
        edit.field.withUTF8Buffer { field in
          TextDifference(old, new).write(field: field, to: &buffer)
        }
      }
    }
    buffer.append(contentsOf: "]}".utf8)
  }

  private static func begin(_ stage: String, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: "{\"stage\":".utf8)
    JSONValue.write(stage, to: &buffer)
  }

  /// The keys that were added, changed or removed.
  private var metadataChanges: [JSONValue] {
    guard before.metadata != after.metadata else { return [] }
    let changed = after.metadata.members.filter { before.metadata[$0.key] != $0.value }.map(\.key)
    let removed = before.metadata.members.filter { after.metadata[$0.key] == nil }.map(\.key)
    return (changed + removed).map { .string($0) }
  }

  private func writeContent(to buffer: inout [UInt8]) {
    guard before.content != after.content else { return }
    buffer.append(contentsOf: ",\"changes\":[".utf8)
    let start = buffer.count
    before.content.eachPair(with: after.content) { path, old, new in
      guard !old.hasSameBytes(as: new) else { return }
      if buffer.count > start { buffer.append(UInt8(ascii: ",")) }
      TextDifference.write(old, new, field: path(), to: &buffer)
    }
    if buffer.count == start { buffer.append(contentsOf: "{\"field\":\"content\"}".utf8) }
    buffer.append(UInt8(ascii: "]"))
  }
}

extension Content {
  /// Visits the texts that stand at the same place of two contents; none where the two have not the
  /// same turns.
  fileprivate func eachPair(
    with other: Content, _ visit: (() -> String, String, String) -> Void
  ) {
    switch (self, other) {
    case (.text(let old), .text(let new)): visit({ "text" }, old, new)
    case (.conversation(let old), .conversation(let new)):
      if old.matches(new) { old.eachPair(with: new, "messages", visit) }
    case (.preference(let old), .preference(let new)):
      guard old.prompt.matches(new.prompt), old.chosen.matches(new.chosen),
        old.rejected.matches(new.rejected)
      else { return }
      old.prompt.eachPair(with: new.prompt, "prompt", visit)
      old.chosen.eachPair(with: new.chosen, "chosen", visit)
      old.rejected.eachPair(with: new.rejected, "rejected", visit)
    default: break
    }
  }
}

extension Conversation {
  /// Whether both have as many turns, by the same speakers, with and without input alike.
  fileprivate func matches(_ other: Conversation) -> Bool {
    messages.count == other.messages.count
      && zip(messages, other.messages).allSatisfy {
        $0.role == $1.role && ($0.input == nil) == ($1.input == nil)
      }
  }

  fileprivate func eachPair(
    with other: Conversation, _ name: String, _ visit: (() -> String, String, String) -> Void
  ) {
    for (index, (old, new)) in zip(messages, other.messages).enumerated() {
      visit({ "\(name)[\(index)].content" }, old.content, new.content)
      if let oldInput = old.input, let newInput = new.input {
        visit({ "\(name)[\(index)].input" }, oldInput, newInput)
      }
    }
  }
}
