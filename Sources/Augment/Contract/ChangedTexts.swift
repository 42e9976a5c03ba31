import Records
import TextKit

/// The texts of a record that a child has otherwise.
struct ChangedTexts: Sendable {
  /// A text before and after.
  struct Pair: Sendable {
    let old: String
    let new: String
  }

  let pairs: [Pair]

  init(from parent: Record, to child: Record) {
    let (old, new) = (parent.fields(.all), child.fields(.all))
    var pairs: [Pair]
    if old.map(\.path) == new.map(\.path) {
      pairs = zip(old, new).compactMap { Self.pair($0.text, $1.text) }
    } else {
      // Turns came or went: what was said in all is compared.
      let texts = [old, new].map { $0.map(\.text).joined(separator: "\n") }
      pairs = [Self.pair(texts[0], texts[1])].compactMap(\.self)
    }
    if parent.metadata != child.metadata {
      pairs += child.metadata.members.compactMap { member in
        guard let new = member.value.string, let old = parent.metadata[member.key]?.string else {
          return nil
        }
        return Self.pair(old, new)
      }
    }
    self.pairs = pairs
  }

  private static func pair(_ old: String, _ new: String) -> Pair? {
    old.utf8.elementsEqual(new.utf8) ? nil : Pair(old: old, new: new)
  }

  /// The texts as they are now, in a form in which capitals and blanks make no difference.
  var form: String { pairs.map { ComparableText.form($0.new) }.joined(separator: "\u{1}") }

  /// Whether no text differs but in capitals and blanks.
  var saysTheSame: Bool {
    pairs.allSatisfy { ComparableText.form($0.old) == ComparableText.form($0.new) }
  }
}

extension ChangedTexts.Pair {
  /// Both texts from the sentence of the first change to that of the last.
  ///
  /// What stays the same says nothing of the change, and of a long text encoders read the beginning alone.
  var sentences: ChangedTexts.Pair {
    let (a, b) = (Array(old.utf8), Array(new.utf8))
    let start = zip(a, b).prefix { $0 == $1 }.count
    let rest = zip(a[start...].reversed(), b[start...].reversed()).prefix { $0 == $1 }.count
    let bounds = Segmentation(.sentence).segments(of: old).map(\.range)
    let first = bounds.last { $0.lowerBound <= start }?.lowerBound ?? 0
    let last = bounds.first { $0.upperBound >= a.count - rest && $0.upperBound > start }?.upperBound
    let behind = a.count - (last ?? a.count)
    func cut(_ bytes: [UInt8]) -> String {
      String(decoding: bytes[first..<max(first, bytes.count - behind)], as: UTF8.self)
    }
    let pair = Self(old: cut(a), new: cut(b))
    // Where all of a text is new, or gone, there is nothing to compare but the whole.
    return pair.old.isEmpty || pair.new.isEmpty ? self : pair
  }
}
