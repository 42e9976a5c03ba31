public import Stages

/// The stages of the family `augment`.
/// - Parameters:
///   - translators: Finds what translates; called when a stage is made.
///   - words: Finds what says which words fit into a gap; likewise.
public func augmentStages(
  translators: @escaping TranslatorProvider,
  words: @escaping WordPredictorProvider = { _ throws(Diagnostic) in
    throw Diagnostic("there is no model of words")
  }
) -> [StageDescriptor] {
  [
    SynonymsDescriptor.descriptor, BackTranslationDescriptor.descriptor(translators),
    EDADescriptor.descriptor, NoiseDescriptor.descriptor, ContractionsDescriptor.descriptor,
    MaskedModelDescriptor.descriptor(words),
  ]
}

/// The names that children carry in `augmentedBy`.
enum AugmentNames {
  static let synonyms = "augment.synonyms"
  static let backTranslation = "augment.back-translation"
  static let eda = "augment.eda"
  static let noise = "augment.noise"
  static let contractions = "augment.contractions"
  static let maskedModel = "augment.masked-model"
}
