import Records
import Stages

/// An augmenter that makes as many children of each record as it is asked for, record by record.
protocol CopyingStage: RecordStage {
  /// How many children are made of each record, where so many can be.
  var copies: Int { get set }
}

/// Likewise one that sees the whole collection first.
protocol CopyingCollectionStage: CollectionStage {
  /// How many children are made of each record, where so many can be.
  var copies: Int { get }
  /// Learns from the whole collection.
  /// - Parameter wanted: How many children the record at a place is to have.
  func plan(
    _ records: RecordCollection, _ context: StageContext, wanted: @Sendable (Int) -> Int
  ) throws -> Plan
}

extension CopyingCollectionStage {
  func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan {
    try plan(records, context) { _ in copies }
  }
}

/// What makes children, as the contract sees it: an augmenter of either kind.
protocol ChildMaker: Sendable {
  associatedtype Plan: Sendable
  /// The augmenter.
  var stage: any Stage { get }
  /// Whether a child takes so long to make that none is made in vain.
  var isCostly: Bool { get }
  /// Learns from the whole collection.
  /// - Parameter copies: How many children are wanted of the record at each place; nil for what the stage's
  ///   parameter says.
  func plan(_ records: RecordCollection, copies: [UInt8]?, _ context: StageContext) throws -> Plan
  /// What becomes of the record at a place.
  func outcome(
    of record: Record, at index: Int, copies: UInt8?, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome
  /// Whether the record at a place is sure to go on as it is, without a note.
  func leaves(recordAt index: Int, _ plan: Plan) -> Bool
}

/// Makes children record by record.
struct RecordMaker: ChildMaker {
  let recordStage: any RecordStage

  /// Nothing is learned.
  struct Plan: Sendable {}

  var stage: any Stage { recordStage }
  var isCostly: Bool { false }

  func plan(_ records: RecordCollection, copies: [UInt8]?, _ context: StageContext) -> Plan {
    Plan()
  }

  func outcome(
    of record: Record, at index: Int, copies: UInt8?, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard let copies, var asked = recordStage as? any CopyingStage else {
      return try recordStage.outcome(of: record, context)
    }
    asked.copies = Int(copies)
    return try asked.outcome(of: record, context)
  }

  func leaves(recordAt index: Int, _ plan: Plan) -> Bool { false }
}

/// Makes children with the whole collection in view.
struct CollectionMaker<Maker: CollectionStage>: ChildMaker {
  let collectionStage: Maker

  var stage: any Stage { collectionStage }
  var isCostly: Bool { true }

  func plan(
    _ records: RecordCollection, copies: [UInt8]?, _ context: StageContext
  ) throws -> Maker.Plan {
    guard let copies, let asked = collectionStage as? any CopyingCollectionStage,
      let plan = try asked.plan(records, context, wanted: { Int(copies[$0]) }) as? Maker.Plan
    else { return try collectionStage.plan(records, context) }
    return plan
  }

  func outcome(
    of record: Record, at index: Int, copies: UInt8?, _ plan: Maker.Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    try collectionStage.outcome(of: record, at: index, plan, context)
  }

  func leaves(recordAt index: Int, _ plan: Maker.Plan) -> Bool {
    collectionStage.leaves(recordAt: index, plan)
  }
}
