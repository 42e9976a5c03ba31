/// What is known of a word form: how to read it.
struct WordFacts: Sendable {
  /// The closed class of a word that is never swapped; such a word has no readings.
  let closed: ClosedClass?
  /// The word and the lemmas it may be a form of.
  let forms: [String]
  /// The expressions that begin with each form; nil where none does.
  let starts: [Expressions.Start?]
  let readings: [Reading]

  /// The word itself.
  var word: String { forms[0] }

  init(
    closed: ClosedClass? = nil, forms: [String], starts: [Expressions.Start?],
    readings: [Reading] = []
  ) {
    precondition(!forms.isEmpty && forms.count == starts.count, "\(forms) have \(starts)")
    self.closed = closed
    self.forms = forms
    self.starts = starts
    self.readings = readings
  }

  /// What the word tells the one beside it: its heaviest reading, before any neighbour is looked at, is a
  /// fair guess at a word not yet decided.
  var neighbour: RuleTagger.Neighbour {
    if let closed { return .closed(closed) }
    let likely = readings.max { RuleTagger.weight(of: $0) < RuleTagger.weight(of: $1) }
    return likely.map { .open($0.part, $0.form) } ?? .unknown
  }
}
