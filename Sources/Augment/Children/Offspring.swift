import Records
import Stages

/// The children of one record: what edits of its texts make of it, each unlike it and its siblings.
struct Offspring {
  let parent: Record
  /// The texts that may be changed, each once, however many selectors name it.
  let texts: [Field]
  private let context: StageContext
  /// What the children say.
  private var seen: Set<RecordBody> = []
  private var children: [Derived] = []

  /// Nil for a record that may have no children.
  init?(of record: Record, _ selectors: [Selector], _ context: StageContext) {
    guard record.mayHaveChildren else { return nil }
    self.init(of: record, texts: record.changeableTexts(selectors), context)
  }

  /// Those of a record that may have children, in texts of its own.
  init(of record: Record, texts: [Field], _ context: StageContext) {
    parent = record
    self.texts = texts
    self.context = context
  }

  /// The random stream of one copy: it depends on the seed, the stage, the record and the copy alone.
  func random(copy: Int) -> CounterRandom {
    CounterRandom(seed: context.seed, purpose: context.stage, record: "\(parent.id)/\(copy)")
  }

  /// Makes a child by edits, in the order of each text, by the text's path.
  ///
  /// - Returns: False, and there is no child, where it would be like its parent or a sibling.
  mutating func add(_ edits: [String: [TextEdit]]) -> Bool {
    let changed = parent.applying(edits)
    guard changed.body != parent.body, seen.insert(changed.body).inserted else { return false }
    let child = parent.child(children.count + 1, like: changed, context)
    children.append(Derived(child, note: note(edits)))
    return true
  }

  /// The record with its children; `reason` is noted of one that has none.
  func outcome(withoutChild reason: String? = nil) -> Outcome {
    if !children.isEmpty { return .derive(parent, children: children) }
    return .keep(parent, note: reason.map { ["no-child": .string($0)] })
  }

  /// The edits for the ledger, in the order of the texts.
  private func note(_ edits: [String: [TextEdit]]) -> JSONValue {
    .array(
      texts.flatMap { field in
        let bytes = Array(field.text.utf8)
        return (edits[field.path] ?? []).map { $0.note(field: field.path, in: bytes) }
      })
  }
}

extension Record {
  /// The record with edits made in the texts they belong to.
  fileprivate func applying(_ edits: [String: [TextEdit]]) -> Record {
    var copy = self
    for path in edits.keys.sorted() {
      copy.changeText(at: path) { TextEdit.apply(edits[path] ?? [], to: $0) }
    }
    return copy
  }
}
