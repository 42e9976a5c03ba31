import Records
public import Stages

/// The stages of the family `clean`.
/// - Parameter counter: Makes what counts tokens, of a tokenizer's path or a model's name; called when
///   a stage is made, so it should read nothing yet.
public func cleanStages(
  counting counter: @escaping @Sendable (PathValue) -> any TokenCounter
) -> [StageDescriptor] {
  [
    MojibakeStage.descriptor, UnicodeStage.descriptor, HTMLStage.descriptor,
    WhitespaceStage.descriptor,
    LineStage.descriptor, MarkdownStage.descriptor, RepeatedSentenceStage.descriptor,
    LinkStage.descriptor, CommentStage.descriptor, CopyrightStage.descriptor,
    PunctuationStage.descriptor, CharacterStage.descriptor, WordStage.descriptor,
    LengthStage.descriptor(counter), GopherQuality.descriptor, GopherRepetition.descriptor,
    C4.descriptor, FineWeb.descriptor, WebQuality.descriptor, RatioStage.descriptor,
    FlaggedWordStage.descriptor, PerplexityStage.descriptor, InstructionsStage.descriptor,
    PersonalDataStage.descriptor, LanguageStage.descriptor, DuplicatesDescriptor.descriptor,
    SharedSpansStage.descriptor, DecontaminationStage.descriptor,
  ]
}

/// Parameters that several cleaners share.
enum CleanKeys {
  /// The texts that a stage works on.
  static let fields = Parameter(
    "fields", default: [Selector.all], "The texts to work on: text, input, messages[user], …")
}
