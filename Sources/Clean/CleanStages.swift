import Records
public import Stages

/// The stages of the family `clean`.
public let cleanStages: [StageDescriptor] = [
  UnicodeStage.descriptor, HTMLStage.descriptor, WhitespaceStage.descriptor,
  LengthStage.descriptor, DuplicatesDescriptor.descriptor, SharedSpansStage.descriptor,
  DecontaminationStage.descriptor,
]

/// Parameters that several cleaners share.
enum CleanKeys {
  /// The texts that a stage works on.
  static let fields = Parameter(
    "fields", default: [Selector.all], "The texts to work on: text, input, messages[user], …")
}
