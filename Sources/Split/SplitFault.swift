/// Why a split is not what its certificate says.
public struct SplitFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Kind: String, Sendable, Hashable {
    /// The certificate cannot be read.
    case unreadable
    /// A record is on no side.
    case noSide = "no-side"
    /// One text is on two sides.
    case sharedText = "shared-text"
    /// One group is on two sides.
    case sharedGroup = "shared-group"
    /// A record and its parent are on two sides.
    case separatedChild = "separated-child"
    /// A side that models are scored on holds a record that was made from another.
    case augmentedEvaluation = "augmented-evaluation"
    /// The records are not those the certificate was written for.
    case otherRecords = "other-records"
    /// Two records on different sides are near duplicates.
    case nearDuplicates = "near-duplicates"
    /// Other records on different sides are most alike than the certificate says.
    case similarity
    /// A record is of a time that is not of its side.
    case time
    /// A record that a list of ids gave to one side is on another, or not there.
    case givenSide = "given-side"
    /// Families or groups are not as many, or as large, as certified.
    case families
    /// The seed and the shares do not give these sides.
    case chance
  }

  /// What kind of fault it is.
  public let kind: Kind
  /// What is wrong, one sentence.
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
