public import Records

/// A step of a pipeline.
///
/// Conform to one of `SourceStage`, `RecordStage` and `CollectionStage`.
///
/// The runner does parallelism, order, counting, timing, fingerprints, the ledger, caching and
/// resume, so no stage can forget them: a stage only says what becomes of records.
public protocol Stage: Sendable {
  /// Files the stage reads besides its records; their contents are part of its fingerprint.
  func dependencies() throws(StageError) -> [String]
  /// What its output depends on beside files, parameters and records, such as a model behind an endpoint; part of
  /// its fingerprint where there is any.
  func identity() throws(StageError) -> JSONValue?
  /// Whether it learns from the records it is given, so that a split stands before it: what is
  /// learned from records that a model is scored on says too much of them.
  var learnsFromRecords: Bool { get }
  /// What endpoints were asked in this run so far, and what that took; nil where none is asked.
  var spent: EndpointSpending? { get }
  /// Whether the stage, after a kill, may go on in another process behind the records that it has decided
  /// about: it does then not see them again, and finds no file in `StageContext.artifacts`.
  ///
  /// False where that would make another output: where it keeps something of one record for another.
  var mayGoOn: Bool { get }
}

extension Stage {
  /// Most stages read records only.
  public func dependencies() throws(StageError) -> [String] { [] }
  /// Most stages are all that makes their output.
  public func identity() throws(StageError) -> JSONValue? { nil }
  /// Most stages learn nothing.
  public var learnsFromRecords: Bool { false }
  /// Most stages ask no endpoint.
  public var spent: EndpointSpending? { nil }
}

/// A stage that reads raw files and makes the first records.
public protocol SourceStage: Stage {
  /// What people call the source, where it has a name; its label stands for it otherwise.
  var name: String? { get }
  /// Counts what is read, for whoever foretells how long it takes; nil where nobody counts.
  var meter: InputMeter? { get }
  /// Walks the raw records of all inputs in order; called once, on one thread, so keep it cheap.
  func readUnits(_ visit: (SourceUnit) throws -> Void) throws
  /// Makes a record of a raw record; called from many threads.
  ///
  /// A fault thrown here stops the run, or is quarantined with the raw bytes where the pipeline
  /// says `on-error: quarantine`.
  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome
  /// Appends the JSON of the record that a raw record is, as `Record` is written, where that is told
  /// without making the record and there is nothing to note of it; it is then not shown to `outcome`.
  ///
  /// - Returns: False, with the buffer as it was, where in doubt.
  func write(_ unit: SourceUnit, to buffer: inout [UInt8]) -> Bool
}

extension SourceStage {
  /// The same files are read to the same raw records; those that are behind are read again, and passed over.
  public var mayGoOn: Bool { true }
  /// Few sources have names.
  public var name: String? { nil }
  /// Few sources are read for long.
  public var meter: InputMeter? { nil }
  /// Most sources make every record.
  public func write(_ unit: SourceUnit, to buffer: inout [UInt8]) -> Bool { false }
}

/// One raw record on its way to being parsed.
public struct SourceUnit: Sendable {
  /// What has been read so far.
  public enum Payload: Sendable {
    /// The bytes of one record, such as a line of JSON.
    case bytes([UInt8])
    /// A record that reading the file already parsed, such as a row of CSV.
    case object(JSONObject)
    /// The text of one record.
    case text(String)
    /// What went wrong while reading: the record is lost, the file goes on.
    case fault(StageError)
  }

  /// Where it was read.
  public let source: Source
  /// What has been read so far.
  public let payload: Payload

  /// A raw record.
  public init(source: Source, payload: Payload) {
    self.source = source
    self.payload = payload
  }
}

/// A stage that decides about each record by itself.
public protocol RecordStage: Stage {
  /// What becomes of a record; called from many threads, so it depends on nothing but its arguments.
  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome
  /// Whether a record is sure to go on as it is, without a note, told by its JSON alone: it is then
  /// neither parsed nor shown to `outcome`. False where in doubt.
  ///
  /// - Parameter json: The record as `Record` is written: no blanks between values, and in strings
  ///   only quotes, backslashes and control characters escaped.
  func leaves(_ json: UnsafeBufferPointer<UInt8>) -> Bool
  /// What becomes of a text, where the stage does nothing but that to every text of a record: the texts
  /// are then changed where they stand, and the record is not shown to `outcome`. Nil for other stages.
  var textChange: (@Sendable (String) -> String)? { get }
}

extension RecordStage {
  /// What becomes of a record depends on that record alone.
  public var mayGoOn: Bool { true }
  /// Most stages do more, or less.
  public var textChange: (@Sendable (String) -> String)? { nil }
  /// Most stages have to see the record.
  public func leaves(_ json: UnsafeBufferPointer<UInt8>) -> Bool { false }
}

/// A stage that must see the whole collection before it can decide about any record.
///
/// `plan` walks the records as often as it likes and keeps what it needs; the memory it takes must
/// be said in the descriptor. `outcome` then decides about each record with the plan in hand.
public protocol CollectionStage: Stage {
  /// What was learned from the whole collection.
  associatedtype Plan: Sendable
  /// Learns from the whole collection; called once.
  func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan
  /// What becomes of the record at a position of the collection; called from many threads.
  func outcome(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome
  /// Whether the record at a position is sure to go on as it is, without a note, whatever it says: it is
  /// then neither parsed nor shown to `outcome`.
  func leaves(recordAt index: Int, _ plan: Plan) -> Bool
}

extension CollectionStage {
  /// What was learned from the collection was lost with the process, and most take longer to learn than to
  /// decide.
  public var mayGoOn: Bool { false }
  /// Most stages have to see the record.
  public func leaves(recordAt index: Int, _ plan: Plan) -> Bool { false }
}
