/// Texts among which the one most like another is looked for, by ROUGE-L.
///
/// It is the rule by which self-instruct (arXiv 2212.10560) tells whether a task is new. A search takes
/// words × words / 64 for each text that is long enough to be like the other; 4 bytes a word are held.
package struct RougeNeighbours {
  private var reader: RougeReader
  private var subsequence = CommonSubsequence()
  private var texts: [[UInt32]] = []

  /// No texts.
  package init(_ tokenizer: RougeTokenizer = .standard) {
    reader = RougeReader(tokenizer, stems: false)
  }

  /// Adds a text.
  package mutating func add(_ text: String) { texts.append(words(of: text)) }

  /// The place and the F-measure, from 0 to 1, of the first text that is most like one; nil where none is as
  /// much so as `least`.
  ///
  /// The measure is 2 × common / (words + words), the closest double: rouge_score's, which takes it by way of
  /// precision and recall, but for the last bit.
  package mutating func nearest(
    to text: String, from least: Double
  ) -> (place: Int, score: Double)? {
    let own = words(of: text)
    var best: (place: Int, score: Double)?
    for (place, other) in texts.enumerated() {
      let sum = Double(own.count + other.count)
      // No more words can be common than the shorter text has.
      let most = 2 * Double(min(own.count, other.count)) / max(sum, 1)
      guard most >= least, most > best?.score ?? -1 else { continue }
      let common = subsequence.length(other[...], own[...], reader.limit)
      let score = 2 * Double(common) / max(sum, 1)
      if score >= least, score > best?.score ?? -1 { best = (place, score) }
    }
    return best
  }

  private mutating func words(of text: String) -> [UInt32] {
    var text = text
    var words: [UInt32] = []
    text.withUTF8 { reader.read($0, into: &words) }
    return words
  }
}
