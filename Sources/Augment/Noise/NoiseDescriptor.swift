import Records
import Stages

/// What `augment.noise` is called and takes.
enum NoiseDescriptor {
  private static let kinds = Parameter(
    "kinds", default: [NoiseKind.keyboard, .swap, .delete, .insert, .repeat],
    "The faults: of typing keyboard, swap, delete, insert and repeat, of scanning ocr.",
    check: { $0.isEmpty ? "must name a kind" : nil })
  private static let layout = Parameter(
    "layout", default: KeyboardLayout.qwerty, aliases: ["keyboard"],
    "The keyboard whose neighbouring keys are confused.")
  private static let words = Parameter(
    "word-rate", default: 0.1, aliases: ["aug_word_p"], "The share of the words that get faults.",
    check: Check.within(0.0...1.0))
  private static let characters = Parameter(
    "character-rate", default: 0.1, aliases: ["aug_char_p"],
    "The share of such a word's letters that are faults; at least one.",
    check: Check.within(0.0...1.0))
  private static let least = Parameter(
    "min-edits", default: 1, "Derive no child with fewer faults.", check: Check.atLeast(1))
  private static let most = Parameter(
    "max-edits", default: 30, "Put no more faults into a child.", check: Check.atLeast(1))
  private static let shortest = Parameter(
    "min-letters", default: 3, aliases: ["min_char"], "Leave shorter words as they are.",
    check: Check.atLeast(1))

  static let descriptor = StageDescriptor(
    AugmentNames.noise,
    "Derives records with the faults of typing and scanning: keys nearby, letters swapped or lost.",
    role: .augmenting,
    parameters: [
      kinds, layout, words, characters, least, most, shortest, ChildParameters.copies,
      ChildParameters.fields, ChildParameters.answers, ChildParameters.protect,
      ChildParameters.language,
    ],
    example: "augment.noise: {kinds: [keyboard, swap], layout: qwerty, word-rate: 0.1}",
    make: { values throws(Diagnostic) in try make(values) })

  private static func make(_ values: ParameterValues) throws(Diagnostic) -> any Stage {
    guard values[least] <= values[most] else {
      throw Diagnostic(
        "min-edits is more than max-edits", path: AugmentNames.noise,
        remedy: "min-edits: \(values[most]), or a larger max-edits")
    }
    return NoiseStage(
      kinds: values[kinds], noiser: WordNoiser(values[layout]), wordRate: values[words],
      characterRate: values[characters], edits: values[least]...values[most],
      shortest: values[shortest], copies: values[ChildParameters.copies],
      fields: values[ChildParameters.fields], keepsAnswers: values[ChildParameters.answers],
      spans: ProtectedSpans(values[ChildParameters.protect]),
      language: values[ChildParameters.language])
  }
}
