import Records
import Stages

/// The round trips of one record.
struct RoundTrips: Sendable {
  /// What is translated of a record.
  struct Parent: Sendable {
    let index: Int
    let id: String
    /// The texts that are translated, each once, however many selectors name it.
    let texts: [Field]
    /// Words that stay as they are: a class is called what it is called.
    let names: [String]

    /// Nil for a record of which no child is made: children of children would drift away, and evaluation sides hold
    /// originals only.
    init?(_ record: Record, at index: Int, fields: [Selector]) {
      guard record.augmentedBy == nil, record.side ?? .train == .train else { return nil }
      var seen: Set<String> = []
      texts = fields.flatMap { record.fields($0) }
        .filter { $0.path != "label" && !$0.text.isEmpty && seen.insert($0.path).inserted }
      guard !texts.isEmpty else { return nil }
      names = record.label?.value.string.map { [$0] } ?? []
      self.index = index
      id = record.id
    }
  }

  /// A child that keeps the contract.
  struct Child: Sendable {
    /// Its texts, by their places in the record.
    let texts: [(path: String, text: String)]
    /// How like its parent it is, by chrF from 0 to 100; of several texts the mean.
    let similarity: Double
    /// The try that made it, from 1.
    let attempt: Int
  }

  let parent: Parent
  private(set) var children: [Child] = []
  /// What was wrong with the last that was refused.
  private(set) var fault: RoundTripContract.Fault?

  init(of parent: Parent) { self.parent = parent }

  /// Takes the translated texts as a child where they keep the contract.
  mutating func take(_ translated: [String?], attempt: Int, _ contract: RoundTripContract) {
    var texts: [(path: String, text: String)] = []
    var similarity = 0.0
    for (field, text) in zip(parent.texts, translated) {
      guard let text else { return fault = .unfinished }
      // A text without a word, such as a number alone, is what it was.
      if text != field.text {
        fault = contract.fault(of: text, from: field.text, names: parent.names)
        if fault != nil { return }
      }
      texts.append((field.path, text))
      similarity += RoundTripContract.chrf(text, field.text) / Double(parent.texts.count)
    }
    guard zip(parent.texts, texts).contains(where: { $0.text != $1.text }) else {
      return fault = .unchanged
    }
    let skeleton = texts.map { RoundTripContract.skeleton($0.text) }
    let isNew = children.allSatisfy {
      $0.texts.map { RoundTripContract.skeleton($0.text) } != skeleton
    }
    guard isNew else { return fault = .repeated }
    children.append(Child(texts: texts, similarity: similarity, attempt: attempt))
  }
}
