/// Texts that are looked for all at once, byte by byte.
package struct PhraseSet: Sendable {
  private let phrases: [[UInt8]]
  /// The phrases that begin with each byte.
  private let byFirst: [[Int]]

  package init(_ phrases: [String]) {
    self.phrases = phrases.map { Array($0.utf8) }
    var byFirst = [[Int]](repeating: [], count: 256)
    for (index, phrase) in self.phrases.enumerated() {
      if let first = phrase.first { byFirst[Int(first)].append(index) }
    }
    self.byFirst = byFirst
  }

  /// The phrase that comes first in a text, and where it begins; nil where none occurs.
  package func first(in text: some StringProtocol) -> (phrase: String, start: Int)? {
    first(in: Array(text.utf8)[...]) { _, _ in true }
  }

  /// Whether one occurs.
  package func occurs(in text: some StringProtocol) -> Bool { first(in: text) != nil }

  /// The first that a condition holds for, which is given its length in bytes and where it begins.
  package func first(
    in bytes: ArraySlice<UInt8>, where isWanted: (_ length: Int, _ start: Int) -> Bool
  ) -> (phrase: String, start: Int)? {
    for place in bytes.indices {
      for index in byFirst[Int(bytes[place])] {
        let phrase = phrases[index]
        guard bytes.endIndex - place >= phrase.count,
          bytes[place..<place + phrase.count].elementsEqual(phrase), isWanted(phrase.count, place)
        else { continue }
        return (String(decoding: phrase, as: UTF8.self), place)
      }
    }
    return nil
  }
}
