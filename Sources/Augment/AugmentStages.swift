public import Stages

/// The stages of the family `augment`.
/// - Parameter translators: Finds what translates; called when a stage is made.
public func augmentStages(
  translators: @escaping TranslatorProvider
) -> [StageDescriptor] {
  [
    SynonymsDescriptor.descriptor, BackTranslationDescriptor.descriptor(translators),
    EDADescriptor.descriptor, NoiseDescriptor.descriptor, ContractionsDescriptor.descriptor,
  ]
}

/// The names that children carry in `augmentedBy`.
enum AugmentNames {
  static let synonyms = "augment.synonyms"
  static let backTranslation = "augment.back-translation"
  static let eda = "augment.eda"
  static let noise = "augment.noise"
  static let contractions = "augment.contractions"
}
