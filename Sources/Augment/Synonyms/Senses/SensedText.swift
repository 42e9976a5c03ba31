import Records
import TextKit

/// A text with places where synonyms fit, and the sentences around these.
struct SensedText: Sendable {
  /// A place where synonyms fit, and the words around it.
  struct Place: Sendable {
    let slot: Slot
    /// The sentence, or of a long one the words nearest to the place, in UTF-8 bytes of the text.
    let sentence: Range<Int>
  }

  let bytes: [UInt8]
  let places: [Place]

  /// How much of a long sentence is read on either side of a word, in UTF-8 bytes: with 600 in all some 120
  /// words, of which encoders of sentences read as many and more.
  private static let reach = 300

  init(_ text: SlottedText) {
    bytes = text.bytes
    let sentences =
      text.slots.isEmpty
      ? []
      : Segmentation(.sentence).segments(of: String(decoding: text.bytes, as: UTF8.self))
        .map(\.range)
    var rest = sentences[...]
    var places: [Place] = []
    for slot in text.slots {
      rest = rest.drop { $0.upperBound <= slot.range.lowerBound }
      let sentence = rest.first ?? 0..<text.bytes.count
      places.append(
        Place(slot: slot, sentence: Self.near(slot.range, within: sentence, text.bytes)))
    }
    self.places = places
  }

  /// The part of a sentence around a word, cut at blanks.
  private static func near(
    _ word: Range<Int>, within sentence: Range<Int>, _ bytes: [UInt8]
  ) -> Range<Int> {
    var (start, end) = (sentence.lowerBound, max(sentence.upperBound, word.upperBound))
    if word.lowerBound - start > reach {
      let far = word.lowerBound - reach
      start = bytes[far..<word.lowerBound].firstIndex(of: 0x20).map { $0 + 1 } ?? word.lowerBound
    }
    if end - word.upperBound > reach {
      let far = word.upperBound + reach
      end = bytes[word.upperBound..<far].lastIndex(of: 0x20) ?? word.upperBound
    }
    while end > word.upperBound, bytes[end - 1] <= 0x20 { end -= 1 }
    while start < word.lowerBound, bytes[start] <= 0x20 { start += 1 }
    return start..<end
  }

  /// The sentence around a place as it is.
  func sentence(_ place: Place) -> String {
    String(decoding: bytes[place.sentence], as: UTF8.self)
  }

  /// The sentence around a place with a synonym put there.
  func sentence(_ place: Place, with choice: Slot.Choice) -> String {
    let start = place.sentence.lowerBound
    let edits = SynonymSwapper.edits(place.slot, choice, in: bytes).compactMap {
      edit -> TextEdit? in
      guard edit.range.lowerBound >= start else { return nil }
      return TextEdit(
        range: edit.range.lowerBound - start..<edit.range.upperBound - start,
        replacement: edit.replacement, cause: edit.cause)
    }
    return TextEdit.apply(edits, to: sentence(place))
  }
}
