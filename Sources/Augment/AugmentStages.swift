public import Stages

/// The stages of the family `augment`.
public let augmentStages: [StageDescriptor] = [SynonymsDescriptor.descriptor]

/// The names that children carry in `augmentedBy`.
enum AugmentNames {
  static let synonyms = "augment.synonyms"
}
