import Records
import Stages

/// An augmenter that says whether it asks models.
package protocol ModelAsking {
  /// Whether models are asked about records or children, which takes long beside rules and word lists.
  var asksModels: Bool { get }
}

/// An augmenter whose children keep a contract: those that do not end where they were made, each with its
/// reason in the ledger.
struct ContractStage<Maker: ChildMaker>: CollectionStage, ModelAsking {
  let maker: Maker
  let contract: ChildContract

  /// What is known before any child goes on.
  struct Plan: Sendable {
    fileprivate let made: Maker.Plan
    fileprivate let evaluation: EvaluationRecords?
    /// How many children are made of each record; nil for what the augmenter's parameter says.
    fileprivate let copies: [UInt8]?
    /// What models say; nil where none is asked, and there is no budget.
    fileprivate var review: ContractReview?
    /// How many children of each record go on; nil for all that keep the contract.
    fileprivate var allotted: [UInt8]?
  }

  var asksModels: Bool { maker.isCostly || !contract.models.isEmpty }
  var learnsFromRecords: Bool { maker.stage.learnsFromRecords }
  var spent: EndpointSpending? { maker.stage.spent }
  /// What the contract learns is learned again to the same.
  var mayGoOn: Bool { maker.stage.mayGoOn }

  func dependencies() throws(StageError) -> [String] {
    var files = try maker.stage.dependencies()
    for model in contract.models { files += try model.files() }
    return files
  }

  func identity() throws(StageError) -> JSONValue? {
    let own = try maker.stage.identity()
    guard !contract.models.isEmpty else { return own }
    return ["made-by": own ?? .null, "read-by": .array(contract.models.map(\.identity))]
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan {
    let evaluation = try EvaluationRecords(records, contract.nearDuplicates, context)
    let budget = try contract.budget.map {
      try LabelBudget($0, records, copies: contract.copies, context)
    }
    let copies = budget?.asked(isCostly: maker.isCostly)
    var plan = Plan(
      made: try maker.plan(records, copies: copies, context), evaluation: evaluation,
      copies: copies)
    if let spent { Fetching.current.say("\(context.stage): \(spent.text)") }
    guard budget != nil || !contract.models.isEmpty else { return plan }
    let review = try review(records, plan, context)
    plan.review = review
    plan.allotted = budget?.allotted(of: review.kept)
    for note in plan.allotted.flatMap({ budget?.shortfalls($0) }) ?? [] {
      Fetching.current.say("\(context.stage): \(note)")
    }
    return plan
  }

  /// Makes all children once, and asks the models about some thousand at a time.
  private func review(
    _ records: RecordCollection, _ plan: Plan, _ context: StageContext
  ) throws -> ContractReview {
    var review = ContractReview(records: records.count)
    try records.forEachStoredBatch { stored -> ContractReview.Candidates? in
      let origin = try stored.provenance()
      guard origin.augmentedBy == nil, origin.side ?? .train == .train,
        !leaves(recordAt: stored.index, plan)
      else { return nil }
      let record = try stored.record()
      // A fault of one record comes up again where the pipeline says what becomes of it.
      guard
        case .derive(_, let children)? = try? made(of: record, at: stored.index, plan, context)
      else { return nil }
      return ContractReview.Candidates(index: stored.index, parent: record, children: children)
    } _: { batch in
      try review.add(batch.compactMap(\.self), contract)
    }
    return review
  }

  func leaves(recordAt index: Int, _ plan: Plan) -> Bool {
    plan.copies?[index] == 0 || maker.leaves(recordAt: index, plan.made)
  }

  func outcome(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard plan.copies?[index] != 0 else { return .keep(record) }
    let outcome = try made(of: record, at: index, plan, context)
    guard case .derive(let parent, var children) = outcome else { return outcome }
    if let review = plan.review {
      children = try review.judged(children, of: record, at: index, contract)
    }
    if let allotted = plan.allotted { children = Self.first(Int(allotted[index]), of: children) }
    return children.isEmpty ? .keep(parent) : .derive(parent, children: children)
  }

  /// The augmenter's children of a record, with what is wrong with each as far as no model need be asked.
  private func made(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    let outcome = try maker.outcome(
      of: record, at: index, copies: plan.copies?[index], plan.made, context)
    guard case .derive(let parent, let children) = outcome else { return outcome }
    return .derive(
      parent, children: try contract.checked(children, of: record, plan.evaluation))
  }

  /// The first of the children that keep the contract, and all that do not.
  private static func first(_ count: Int, of children: [Derived]) -> [Derived] {
    var left = count
    return children.filter { child in
      guard child.refusal == nil else { return true }
      left -= 1
      return left >= 0
    }
  }
}
