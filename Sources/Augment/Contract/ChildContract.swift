import Records
import Stages

/// What a child must keep, whatever made it.
struct ChildContract: Sendable {
  /// Why a child is refused, as the ledger counts it.
  enum Rule: String, CaseIterable {
    /// It differs from its parent in capitals and blanks at most.
    case unchanged
    /// So it does from an earlier child of the same parent.
    case repeated
    /// It is in another language.
    case language
    /// It asks what an evaluation record asks, or nearly so.
    case evaluation = "near-evaluation"
    /// It means something else than its parent, or all the same.
    case similarity
    /// A classifier gives it another label.
    case label
  }

  /// The encoder, and the cosines that are allowed.
  struct Meaning: Sendable {
    let model: any MeaningModel
    let range: ClosedRange<Double>
  }

  /// Whether children say what their parents say; else each is a record of its own, with another question and
  /// another answer, be it in another language.
  let isAlike: Bool
  let meaning: Meaning?
  let labels: (any LabelModel)?
  /// From which Jaccard similarity on a child is too near to an evaluation record.
  let nearDuplicates: Double?
  let budget: LabelTarget?
  /// The most children of a record, under a budget.
  let copies: Int

  /// The models that are asked.
  var models: [any ContractModel] {
    [meaning?.model as (any ContractModel)?, labels].compactMap(\.self)
  }

  /// The children with what is wrong with each, as far as no model need be asked.
  func checked(
    _ children: [Derived], of parent: Record, _ evaluation: EvaluationRecords?
  ) throws(StageError) -> [Derived] {
    var known: Set<String> = []
    var result: [Derived] = []
    for child in children {
      let changes = ChangedTexts(from: parent, to: child.record)
      let refusal = try refusal(of: child, changes, evaluation, &known)
      result.append(refusal.map { child.refused($0) } ?? child)
    }
    return result
  }

  private func refusal(
    of child: Derived, _ changes: ChangedTexts, _ evaluation: EvaluationRecords?,
    _ known: inout Set<String>
  ) throws(StageError) -> Reason? {
    if let refusal = child.refusal { return refusal }
    if changes.saysTheSame { return Reason(Rule.unchanged.rawValue) }
    guard known.insert(changes.form).inserted else { return Reason(Rule.repeated.rawValue) }
    for pair in isAlike ? changes.pairs : [] {
      guard let change = ChildLanguage.changeOfMostWords(from: pair.old, to: pair.new) else {
        continue
      }
      return Reason(
        Rule.language.rawValue, ["from": .string(change.from), "to": .string(change.to)])
    }
    return try evaluation?.refusal(of: child.record)
  }
}

extension Derived {
  /// The child with why it is refused.
  func refused(_ reason: Reason) -> Derived { Derived(record, note: note, refusal: reason) }
}
