public import Records

/// What becomes of a record in a stage.
public enum Outcome: Sendable {
  /// It goes on, changed or not; what changed is found by comparing, `note` adds what that cannot show.
  case keep(Record, note: JSONValue? = nil)
  /// It ends here.
  case drop(Reason)
  /// It ends here because another record stands for it.
  case merge(into: String, Reason)
  /// It ends here because it is faulty; it goes to the quarantine file.
  case quarantine(Reason)
  /// It is replaced by its parts, each made with `Record.child`.
  case expand([Record])
  /// It goes on unchanged, and children are derived from it, each made with `Record.child`.
  case derive(Record, children: [Derived])
}

/// A child derived from a record, and how: the edits, for the ledger.
public struct Derived: Sendable {
  /// The child.
  public let record: Record
  /// What was done to the parent's texts.
  public let note: JSONValue
  /// Why it ends where it was made; nil for a child that goes on.
  public let refusal: Reason?

  /// A derived child.
  public init(_ record: Record, note: JSONValue, refusal: Reason? = nil) {
    self.record = record
    self.note = note
    self.refusal = refusal
  }
}

/// Why a record ended: the rule, its value and its threshold.
public struct Reason: Sendable, Hashable {
  /// The rule, in kebab case; reasons are counted by it.
  public let code: String
  /// What the rule measured: `{"words": 3, "min-words": 5}`.
  public let detail: JSONObject

  /// A reason.
  public init(_ code: String, _ detail: JSONObject = [:]) {
    self.code = code
    self.detail = detail
  }
}
