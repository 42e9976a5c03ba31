import Records
import Stages

/// Parameters that several augmenters take.
enum ChildParameters {
  static let copies = Parameter(
    "copies", default: 1, "How many children are derived from each record.",
    check: Check.within(1...100))
  static let fields = Parameter(
    "fields", default: ["text", "messages[user]"].compactMap { Selector($0) },
    "The texts to change; by default a text, or what the user says. Never the label.")
  static let answers = Parameter(
    "keep-answer-words", default: true,
    "Leave words that the assistant's answer uses too, so that the answer still fits.")
  static let protect = Parameter(
    "protect", default: [String](),
    "Spans to leave as they are; * stands for anything within a line: '[[*]]'.")
  static let language = Parameter(
    "language", default: "en", aliases: ["lang"],
    "The language of the texts, by whose rules words are told apart.",
    check: SynonymLanguage.check)
}
