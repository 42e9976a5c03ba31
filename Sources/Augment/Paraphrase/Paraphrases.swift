import Records

/// The paraphrases of one record, as they come.
struct Paraphrases {
  /// Holds them to the contract that back-translations keep.
  private var kept: RoundTrips
  private(set) var planned = PlannedChildren()
  private let model: String

  /// - Parameters:
  ///   - wanted: How many there are to be.
  ///   - model: What wrote them, for the ledger.
  init(of parent: RoundTrips.Parent, wanted: Int, by model: String) {
    kept = RoundTrips(of: parent, wanted: wanted)
    self.model = model
  }

  var parent: RoundTrips.Parent { kept.parent }
  /// Which copies are still to be made.
  var missing: Range<Int> { planned.children.count..<max(planned.children.count, kept.wanted) }

  /// Takes what a model wrote in place of each text, where it keeps the contract.
  mutating func take(
    _ answers: [String?], attempt: Int, _ contract: RoundTripContract
  ) {
    let texts = zip(parent.texts, answers).map { field, answer in
      answer.map { AnswerText.unquoted(AnswerText.trimmed($0), like: field.text) }
    }
    if zip(parent.texts, texts).contains(where: { Self.isTalk($1, of: $0.text) }) {
      return planned.refuse("lines")
    }
    let before = kept.children.count
    kept.take([texts], attempt: attempt, contract)
    if let fault = kept.fault { planned.refuse(fault.rawValue) }
    guard kept.children.count > before, let child = kept.children.last else { return }
    planned.add(
      .texts(child.texts),
      note: [
        "model": .string(model), "similarity": .real((child.similarity * 100).rounded() / 100),
        "try": .integer(child.attempt),
      ])
  }

  /// Whether an answer has lines around the text: the text is one, the answer is not.
  private static func isTalk(_ answer: String?, of text: String) -> Bool {
    guard let answer else { return false }
    return answer.utf8.contains(0x0A) && !AnswerText.trimmed(text).utf8.contains(0x0A)
  }
}
