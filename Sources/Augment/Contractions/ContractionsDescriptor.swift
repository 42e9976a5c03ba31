import Records
import Stages

/// Which way contractions are changed.
enum ContractionDirection: String, ChoiceValue {
  /// `don't` to `do not`.
  case expand
  /// `do not` to `don't`.
  case contract
  case both
}

/// What `augment.contractions` is called and takes.
enum ContractionsDescriptor {
  private static let direction = Parameter(
    "direction", default: ContractionDirection.both,
    "Write contractions out, contract words, or both.")
  private static let rate = Parameter(
    "rate", default: 1.0, "The share of the places found that is changed; at least one.",
    check: { $0 > 0 && $0 <= 1 ? nil : "must be above 0 and at most 1" })

  static let descriptor = StageDescriptor(
    AugmentNames.contractions,
    "Derives records in which English contractions are written out or words contracted.",
    role: .augmenting,
    parameters: [
      direction, rate, ChildParameters.copies, ChildParameters.fields, ChildParameters.protect,
    ],
    example: "augment.contractions: {direction: expand}",
    make: { values throws(Diagnostic) in
      ContractionsStage(
        directions: ContractionDirections(
          expands: values[direction] != .contract, contracts: values[direction] != .expand),
        rate: values[rate], copies: values[ChildParameters.copies],
        fields: values[ChildParameters.fields],
        spans: ProtectedSpans(values[ChildParameters.protect]))
    })
}
