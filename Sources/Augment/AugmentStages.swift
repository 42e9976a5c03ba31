public import Stages

/// The stages of the family `augment`.
/// - Parameter translators: Finds what translates; called when a stage is made.
public func augmentStages(
  translators: @escaping TranslatorProvider
) -> [StageDescriptor] {
  [SynonymsDescriptor.descriptor, BackTranslationDescriptor.descriptor(translators)]
}

/// The names that children carry in `augmentedBy`.
enum AugmentNames {
  static let synonyms = "augment.synonyms"
  static let backTranslation = "augment.back-translation"
}
