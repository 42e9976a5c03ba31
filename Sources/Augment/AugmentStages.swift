public import Stages

/// The stages of the family `augment`.
/// - Parameters:
///   - translators: Finds what translates; called when a stage is made.
///   - chats: Finds what is asked for texts; likewise.
///   - words: Finds what says which words fit into a gap; likewise.
///   - encoders: Finds what turns texts into vectors of their meaning; likewise.
public func augmentStages(
  translators: @escaping TranslatorProvider,
  chats: @escaping ChatModelProvider = { _ throws(Diagnostic) in
    throw Diagnostic("there is no model to ask")
  },
  words: @escaping WordPredictorProvider = { _ throws(Diagnostic) in
    throw Diagnostic("there is no model of words")
  },
  encoders: @escaping MeaningModelProvider = { _ throws(Diagnostic) in
    throw Diagnostic("there is no encoder")
  }
) -> [StageDescriptor] {
  [
    SynonymsDescriptor.descriptor(encoders), BackTranslationDescriptor.descriptor(translators),
    EDADescriptor.descriptor, NoiseDescriptor.descriptor, ContractionsDescriptor.descriptor,
    EntitiesDescriptor.descriptor, MaskedModelDescriptor.descriptor(words),
    ParaphraseDescriptor.descriptor(chats), SelfInstructDescriptor.descriptor(chats),
    EvolInstructDescriptor.descriptor(chats),
  ]
}

/// The names that children carry in `augmentedBy`.
enum AugmentNames {
  static let synonyms = "augment.synonyms"
  static let backTranslation = "augment.back-translation"
  static let eda = "augment.eda"
  static let noise = "augment.noise"
  static let contractions = "augment.contractions"
  static let entities = "augment.entities"
  static let maskedModel = "augment.masked-model"
  static let paraphrase = "augment.paraphrase"
  static let selfInstruct = "augment.self-instruct"
  static let evolInstruct = "augment.evol-instruct"

  /// Stages whose children ask something of their own, and so need not be like their parents.
  static let askingAnew: Set<String> = [selfInstruct, evolInstruct]
}
