import Records

/// What a slice of records became: lines for the stage's files, and counts.
struct StageBuffers: Sendable {
  var changes: StageChanges
  var ledger: [UInt8] = []
  var quarantine: [UInt8] = []
  var counts = StageCounts()
  let stage: String
  /// Whether another stage takes the records over in memory.
  private let passesOn: Bool
  /// The records that go on.
  private var passed: [Passed] = []
  /// What the stage changes in a record.
  private var edits = TextEdits()

  /// A record that goes on: as it came, or as it stands in `changes`.
  private enum Passed {
    case same(PendingLine)
    case written(Record?, start: Int, json: Int, end: Int)
  }

  /// - Parameter isFirst: Whether there are no records before the stage.
  init(stage: String, isFirst: Bool, passesOn: Bool = false) {
    self.stage = stage
    self.passesOn = passesOn
    changes = StageChanges(isWhole: isFirst)
  }

  /// The lines of the records that go on, for the stage behind this one.
  mutating func takeOver() -> [PendingLine] {
    defer { passed = [] }
    return passed.map { line in
      switch line {
      case .same(let line): line
      case .written(let record, let start, let json, let end):
        PendingLine(
          changes.bytes[start..<end - 1], json: json - start, record: record, at: 0)
      }
    }
  }

  /// Notes that a record goes on as it is, and need not be known for that.
  mutating func keep(_ line: PendingLine) {
    counts.incoming += 1
    counts.kept += 1
    changes.add(StageChanges.Mark.same)
    if passesOn { passed.append(.same(line)) }
  }

  /// Notes a record of the first source, the JSON of which `write` appends; false where it appends none.
  mutating func read(_ write: (inout [UInt8]) -> Bool) -> Bool {
    precondition(changes.isWhole, "\(stage) has records before it")
    let start = changes.bytes.count
    guard write(&changes.bytes) else { return false }
    counts.incoming += 1
    counts.kept += 1
    endLine(nil, from: start, json: changes.bytes.count)
    return true
  }

  /// Notes a record whose texts a stage changes one by one, where they stand in its line; false where the
  /// record must be parsed for that.
  mutating func edit(_ line: PendingLine, _ change: TextChange) -> Bool {
    let isRead = line.bytes.prefix(line.json).withUnsafeBufferPointer { json in
      TextPlaces(in: json).map { edits.read($0, in: json, change.append) } ?? false
    }
    guard isRead else { return false }
    if edits.edits.isEmpty {
      keep(line)
      return true
    }
    counts.incoming += 1
    counts.kept += 1
    counts.changed += 1
    changes.begin(isMade: false)
    let start = changes.bytes.count
    let json = RecordLine.write(line, edits, of: stage, to: &changes.bytes)
    endLine(nil, from: start, json: json)
    return true
  }

  /// Passes on the line at the end of `changes`, `json` being where the record's own JSON ends.
  private mutating func endLine(_ record: Record?, from start: Int, json: Int) {
    changes.bytes.append(UInt8(ascii: "\n"))
    if passesOn {
      passed.append(.written(record, start: start, json: json, end: changes.bytes.count))
    }
  }

  /// Notes what became of one record.
  mutating func add(_ outcome: Outcome, of line: RecordLine) {
    counts.incoming += 1
    switch outcome {
    case .keep(let record, let note): keep(record, from: line, note: note)
    case .drop(let reason):
      counts.dropped[reason.code, default: 0] += 1
      end(line, "dropped", reason)
    case .merge(let survivor, let reason):
      counts.merged += 1
      end(line, "merged", reason, ["into": .string(survivor)])
    case .quarantine(let reason):
      setAside(line, Fault(reason))
    case .expand(let parts):
      counts.expanded += 1
      end(line, "expanded", Reason("expanded"), ["into": .array(parts.map { .string($0.id) })])
      for part in parts { make(part, from: line, note: nil) }
    case .derive(let record, let children):
      keep(record, from: line, note: nil)
      for child in children {
        var record = child.record
        record.augmentedBy = record.augmentedBy ?? stage
        if let reason = child.refusal {
          refuse(record, reason, from: line, note: child.note)
        } else {
          make(record, from: line, note: child.note)
        }
      }
    }
  }

  private mutating func keep(_ record: Record, from line: RecordLine, note: JSONValue?) {
    precondition(
      record.id.hasSameBytes(as: line.record.id),
      "\(stage) gave '\(line.record.id)' the id '\(record.id)'; a kept record keeps its id")
    counts.kept += 1
    let change = RecordChange(stage: stage, before: line.record, after: record, note: note)
    if change == nil, !line.isNew {
      changes.add(StageChanges.Mark.same)
      if passesOn { passed.append(.same(line.pending)) }
      return
    }
    if change?.isOfContent == true { counts.changed += 1 }
    write(record, isMade: line.isNew, line.trail, event: change.map { change in change.write })
  }

  /// Writes the line of a record with its trail and one more event, and passes it on.
  private mutating func write(
    _ record: Record, isMade: Bool, _ trail: ArraySlice<UInt8>, event: ((inout [UInt8]) -> Void)?
  ) {
    changes.begin(isMade: isMade)
    let start = changes.bytes.count
    let json = RecordLine.write(record, trail, to: &changes.bytes, event: event)
    endLine(record, from: start, json: json)
  }

  private mutating func make(_ record: Record, from line: RecordLine, note: JSONValue?) {
    let event = making(record, from: line, note: note)
    counts.kept += 1
    write(record, isMade: true, []) { JSONValue.object(event).write(to: &$0) }
  }

  /// Notes a child that ends where it was made: it is in the ledger, and nowhere else.
  private mutating func refuse(
    _ record: Record, _ reason: Reason, from line: RecordLine, note: JSONValue
  ) {
    let event = making(record, from: line, note: note)
    counts.dropped[reason.code, default: 0] += 1
    var bytes: [UInt8] = []
    let json = RecordLine.write(record, [], to: &bytes) { JSONValue.object(event).write(to: &$0) }
    LedgerLine.write(
      RecordLine(record, line: bytes[...], json: json), fate: "dropped", ending(reason),
      to: &ledger)
  }

  /// Counts a record that the stage made of another, and says so as an event.
  private mutating func making(
    _ record: Record, from line: RecordLine, note: JSONValue?
  ) -> JSONObject {
    let parent = line.record.id
    precondition(
      record.parent == parent && record.id.hasPrefix("\(parent)/"),
      "\(stage) made '\(record.id)' of '\(parent)' without 'Record.child'")
    counts.made += 1
    var event: JSONObject = ["stage": .string(stage), "made_from": .string(parent)]
    if let note { event["note"] = note }
    return event
  }

  private mutating func end(
    _ line: RecordLine, _ fate: String, _ reason: Reason, _ more: JSONObject = [:]
  ) {
    var end = ending(reason)
    end.merge(more)
    if !line.isNew { changes.add(StageChanges.Mark.ended) }
    LedgerLine.write(line, fate: fate, end, to: &ledger)
  }

  /// Which rule ended a record, and what it measured.
  private func ending(_ reason: Reason) -> JSONObject {
    var end: JSONObject = ["stage": .string(stage), "reason": .string(reason.code)]
    if !reason.detail.isEmpty { end["detail"] = .object(reason.detail) }
    return end
  }

  /// Puts a record aside with its fault.
  mutating func setAside(_ line: RecordLine, _ error: StageError) {
    setAside(line, Fault(error))
  }

  private mutating func setAside(_ line: RecordLine, _ fault: Fault) {
    counts.quarantined[fault.code, default: 0] += 1
    if !line.isNew { changes.add(StageChanges.Mark.ended) }
    LedgerLine.write(line, fate: "quarantined", fault.object(stage), to: &ledger)
    var object = fault.object(stage)
    object["record"] = .object(line.record.object)
    write(object, source: line.record.source)
  }

  /// Puts a raw record aside that never became a record.
  mutating func setAside(_ unit: SourceUnit, _ error: StageError) {
    counts.incoming += 1
    counts.quarantined[error.code, default: 0] += 1
    var object = Fault(error).object(stage)
    LedgerLine.write(source: unit.source, fate: "quarantined", object, to: &ledger)
    switch unit.payload {
    case .bytes(let bytes): object["raw"] = .string(String(decoding: bytes, as: UTF8.self))
    case .object(let value): object["raw"] = .object(value)
    case .text(let text): object["raw"] = .string(text)
    case .fault: break
    }
    write(object, source: unit.source)
  }

  private mutating func write(_ object: JSONObject, source: Source) {
    var line = source.object
    line.merge(object)
    JSONValue.object(line).write(to: &quarantine)
    quarantine.append(UInt8(ascii: "\n"))
  }
}

/// Why a record is put aside, as the ledger and the quarantine file say it.
private struct Fault {
  let code: String
  private let more: JSONObject

  init(_ reason: Reason) {
    code = reason.code
    more = reason.detail.isEmpty ? [:] : ["detail": .object(reason.detail)]
  }

  init(_ error: StageError) {
    code = error.code
    var more: JSONObject = ["message": .string(error.message)]
    if let field = error.field { more["field"] = .string(field) }
    if let remedy = error.remedy { more["remedy"] = .string(remedy) }
    self.more = more
  }

  func object(_ stage: String) -> JSONObject {
    var object: JSONObject = ["stage": .string(stage), "reason": .string(code)]
    object.merge(more)
    return object
  }
}
