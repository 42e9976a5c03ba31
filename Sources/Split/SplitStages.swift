import Records
public import Stages

/// The stages of the family `split`.
public let splitStages: [StageDescriptor] = [SplitDescriptor.descriptor]

/// What `split` takes and needs.
enum SplitDescriptor {
  private static let isShare = Check.atLeast(0.0)
  static let train = Parameter(
    "train", default: 0.8, "The share of records to train on; shares need not add up to one.",
    check: isShare)
  static let validation = Parameter(
    "validation", default: 0.1, aliases: ["dev", "valid"],
    "The share of records to choose the best model by.", check: isShare)
  static let test = Parameter(
    "test", default: 0.1, "The share of records to score the model on.", check: isShare)
  static let stratify = Parameter(
    "stratify", default: Strata?.none,
    "Report each class's shares ('exact' meets them): label or another field, whose classes of one "
      + "record are refused; length; language.")
  static let group = Parameter(
    "group", default: Selector?.none,
    "Keep records with the same value on one side: 'metadata.patient'.")
  static let exact = Parameter(
    "exact", default: false,
    "Share out each class to the record; one more record may then move others.")

  static let nearDuplicates = Parameter<Double?>(
    "near-duplicates", default: 0.8,
    "Keep records whose questions share this part of their 3-word runs (Jaccard) on one side; none.",
    check: { value in
      value.map { NearestPair.range.contains($0) } == false ? "must be from 0.3 to 1" : nil
    })

  static let time = Parameter(
    "time", default: Selector?.none,
    "Train on the earliest records and test on the latest, by this date or Unix time: "
      + "'metadata.date'.")
  static let validationFrom = Parameter(
    "validation-from", default: Moment?.none,
    "With 'time': where validation begins, in place of shares: 2024-01-01.")
  static let testFrom = Parameter(
    "test-from", default: Moment?.none,
    "With 'time': where test begins, in place of shares: 2024-06-01.")
  static let validationIDs = Parameter(
    "validation-ids", default: PathValue?.none, aliases: ["dev-ids", "valid-ids"],
    "Put the records that this file names, an id a line, and their families in validation, and no "
      + "others.")
  static let testIDs = Parameter(
    "test-ids", default: PathValue?.none,
    "Put the records that this file names, an id a line, and their families in test, and no others."
  )
  static let idField = Parameter(
    "id-field", default: Selector?.none,
    "Where the ids of such files stand: 'metadata.id'; none: records are called FILE:LINE.")

  static let descriptor = StageDescriptor(
    "split", "Puts records on the sides train, validation and test, so that nothing leaks.",
    role: .splitting, version: 4,
    parameters: [
      train, validation, test, stratify, group, exact, nearDuplicates, time, validationFrom,
      testFrom, validationIDs, testIDs, idField,
    ],
    memory:
      "about 1 KB a record; 8 bytes a 3-word run (up to 1 GB) and 2 to 4 to count it; 44, or 88 "
      + "while lists grow, a run that a record is listed under: of those that others have too, a "
      + "share of 1 - near-duplicates",
    example: "split: {train: 0.8, validation: 0.1, test: 0.1, stratify: label}",
    make: { values throws(Diagnostic) in try SplitOptions(values).stage() })
}
