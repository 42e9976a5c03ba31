import Records

/// What a slice of records became: lines for the stage's files, and counts.
struct StageBuffers: Sendable {
  var records: [UInt8] = []
  var ledger: [UInt8] = []
  var quarantine: [UInt8] = []
  var counts = StageCounts()
  let stage: String
  /// Whether another stage takes the records over in memory.
  private let passesOn: Bool
  /// The records that go on, where they are known, and where their lines stand in `records`.
  private var passed: [(record: Record?, start: Int, json: Int, end: Int, index: Int)] = []

  init(stage: String, passesOn: Bool = false) {
    self.stage = stage
    self.passesOn = passesOn
  }

  /// The lines of the records that go on, for the stage behind this one.
  func takeOver() -> [PendingLine] {
    passed.map { place in
      PendingLine(
        records[place.start..<place.end - 1], json: place.json - place.start,
        record: place.record, at: place.index)
    }
  }

  /// Lets go of the records that another stage has taken over.
  mutating func letGo() { passed = [] }

  private mutating func pass(
    _ record: Record?, from start: Int, json: Int, at index: Int = 0
  ) {
    if passesOn { passed.append((record, start, json, records.count, index)) }
  }

  /// Notes that a record goes on as it is, and need not be known for that.
  mutating func keep(_ line: PendingLine) {
    counts.incoming += 1
    counts.kept += 1
    let start = records.count
    records.append(contentsOf: line.bytes)
    records.append(UInt8(ascii: "\n"))
    pass(line.record, from: start, json: start + line.json, at: line.index)
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
        make(record, from: line, note: child.note)
      }
    }
  }

  private mutating func keep(_ record: Record, from line: RecordLine, note: JSONValue?) {
    precondition(
      record.id.hasSameBytes(as: line.record.id),
      "\(stage) gave '\(line.record.id)' the id '\(record.id)'; a kept record keeps its id")
    counts.kept += 1
    let start = records.count
    guard
      let change = RecordChange(stage: stage, before: line.record, after: record, note: note)
    else { return pass(record, from: start, json: line.write(to: &records)) }
    if line.record.content != record.content { counts.changed += 1 }
    pass(
      record, from: start, json: line.write(record, to: &records) { change.write(to: &$0) })
  }

  private mutating func make(_ record: Record, from line: RecordLine, note: JSONValue?) {
    let parent = line.record.id
    precondition(
      record.parent == parent && record.id.hasPrefix("\(parent)/"),
      "\(stage) made '\(record.id)' of '\(parent)' without 'Record.child'")
    counts.made += 1
    counts.kept += 1
    var event: JSONObject = ["stage": .string(stage), "made_from": .string(parent)]
    if let note { event["note"] = note }
    let start = records.count
    let json = RecordLine(new: record).write(record, to: &records) {
      JSONValue.object(event).write(to: &$0)
    }
    pass(record, from: start, json: json)
  }

  private mutating func end(
    _ line: RecordLine, _ fate: String, _ reason: Reason, _ more: JSONObject = [:]
  ) {
    var end: JSONObject = ["stage": .string(stage), "reason": .string(reason.code)]
    if !reason.detail.isEmpty { end["detail"] = .object(reason.detail) }
    end.merge(more)
    LedgerLine.write(line, fate: fate, end, to: &ledger)
  }

  /// Puts a record aside with its fault.
  mutating func setAside(_ line: RecordLine, _ error: StageError) {
    setAside(line, Fault(error))
  }

  private mutating func setAside(_ line: RecordLine, _ fault: Fault) {
    counts.quarantined[fault.code, default: 0] += 1
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
