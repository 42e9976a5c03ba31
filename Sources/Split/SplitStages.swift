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
    "stratify", default: Selector?.none,
    "Report every class's shares, and refuse classes of one record: 'label'.")
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

  static let descriptor = StageDescriptor(
    "split", "Puts records on the sides train, validation and test, so that nothing leaks.",
    role: .splitting, version: 3,
    parameters: [
      train, validation, test, stratify, group, exact, nearDuplicates,
    ],
    memory:
      "about 1 KB a record; 8 bytes a 3-word run (up to 1 GB) and 2 to 4 to count it; 44, or 88 "
      + "while lists grow, a run that a record is listed under: of those that others have too, a "
      + "share of 1 - near-duplicates",
    example: "split: {train: 0.8, validation: 0.1, test: 0.1, stratify: label}",
    make: { values throws(Diagnostic) in
      let shares = Shares(
        train: values[train], validation: values[validation], test: values[test])
      guard let shares else {
        throw Diagnostic(
          "train, validation and test are all 0", path: "split",
          remedy: "give at least one side a share: train: 0.8")
      }
      return SplitStage(
        shares: shares, stratify: values[stratify], group: values[group], isExact: values[exact],
        similarity: values[nearDuplicates])
    })
}
