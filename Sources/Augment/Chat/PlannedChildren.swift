import Records
import Stages
import TextKit

/// What a stage that asks a model has made of one record: children, and how often what was written was refused.
struct PlannedChildren: Sendable {
  struct Child: Sendable {
    /// What it says.
    enum Content: Sendable {
      /// The parent with other texts, by their places in it.
      case texts([(path: String, text: String)])
      /// One question and its answer, in place of the parent's turns.
      case exchange(instruction: String, answer: String)
    }

    let content: Content
    /// How it was made, for the ledger.
    var note: JSONObject
  }

  private(set) var children: [Child] = []
  private(set) var refusals = Refusals()

  /// Nothing yet.
  init() {}

  mutating func add(_ content: Child.Content, note: JSONObject) {
    children.append(Child(content: content, note: note))
  }

  /// Counts something that was refused.
  mutating func refuse(_ reason: String) { refusals.add(reason) }

  // MARK: - On disk

  /// As JSON that `outcome` reads.
  ///
  /// The first child's note holds what was refused.
  var json: JSONValue {
    var children = children
    if !children.isEmpty, !refusals.counts.isEmpty { children[0].note["refused"] = refusals.json }
    return [
      "children": .array(children.map(Self.json)), "refused": refusals.json,
      "last": refusals.last.map { .string($0) } ?? .null,
    ]
  }

  private static func json(_ child: Child) -> JSONValue {
    switch child.content {
    case .texts(let texts):
      let texts = JSONObject(texts.map { ($0.path, .string($0.text)) })
      return ["texts": .object(texts), "note": .object(child.note)]
    case .exchange(let instruction, let answer):
      return [
        "instruction": .string(instruction), "answer": .string(answer),
        "note": .object(child.note),
      ]
    }
  }

  /// Notes what was planned for the record at a place, where that is something.
  func write(to lines: inout PlannedLines, at index: Int) throws(FileError) {
    guard !children.isEmpty || refusals.total > 0 else { return }
    try lines.note(json.bytes, at: index)
  }

  // MARK: - The record's outcome

  /// What becomes of the record at a place, by what was planned for it.
  /// - Throws: `StageError` where that cannot be read.
  static func outcome(
    of record: Record, at index: Int, _ lines: PlannedLines, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard lines.holds(index) else { return .keep(record) }
    let line = try lines.line(at: index)
    guard let plan = try? JSONValue.parse(line) else {
      preconditionFailure("line \(index) of the plan is \(String(decoding: line, as: UTF8.self))")
    }
    return outcome(of: record, plan, context)
  }

  private static func outcome(
    of record: Record, _ plan: JSONValue, _ context: StageContext
  ) -> Outcome {
    let children = (plan["children"]?.array ?? []).enumerated().map { number, child in
      Derived(record.planned(child, number + 1, context), note: child["note"] ?? .null)
    }
    if !children.isEmpty { return .derive(record, children: children) }
    var note: JSONObject = ["no-child": plan["last"] ?? .null]
    note["refused"] = plan["refused"]
    return .keep(record, note: .object(note))
  }
}

extension Record {
  /// The child that a plan's JSON tells of, by its number from 1.
  fileprivate func planned(_ json: JSONValue, _ number: Int, _ context: StageContext) -> Record {
    if let texts = json["texts"]?.object {
      let texts = texts.members.compactMap { member in
        member.value.string.map { (path: member.key, text: $0) }
      }
      return child(number, texts: texts, context)
    }
    return child(
      number, instruction: json["instruction"]?.string ?? "", answer: json["answer"]?.string ?? "",
      context)
  }

  /// The record with another question and answer, under what the system says.
  ///
  /// Where its form keeps an input apart, that is there and empty, as in other records of the form. A label
  /// and other facts of the source tell of its own question, so that they go.
  private func child(
    _ number: Int, instruction: String, answer: String, _ context: StageContext
  ) -> Record {
    let exchange = Exchange(self)
    let told = exchange?.system.map { Message(.system, $0) }
    let asked = Message(.user, instruction, input: exchange?.hasInput == true ? "" : nil)
    let turns = [told, asked, Message(.assistant, answer)].compactMap(\.self)
    var child = child(context.childName(number), content: .conversation(Conversation(turns)))
    child.label = nil
    child.metadata = [:]
    child.augmentedBy = context.stage
    return child
  }
}
