/// A regular expression as a tree.
indirect enum RegexNode: Sendable {
  /// Nothing.
  case empty
  /// One scalar of a set.
  case set(ScalarSet)
  case sequence([RegexNode])
  case alternation([RegexNode])
  /// A part several times; `most` is nil for any number.
  case repetition(RegexNode, least: Int, most: Int?, RepetitionKind)
  /// A condition on what follows or precedes, which reads nothing.
  case look(RegexNode, ahead: Bool, negated: Bool)
  /// A part that, once matched, gives nothing back.
  case atomic(RegexNode)
  case assertion(RegexAssertion)

  /// Whether the part can match without reading anything.
  var isNullable: Bool {
    switch self {
    case .empty, .look, .assertion: true
    case .set: false
    case .sequence(let parts): parts.allSatisfy(\.isNullable)
    case .alternation(let parts): parts.contains(where: \.isNullable)
    case .repetition(let part, let least, _, _): least == 0 || part.isNullable
    case .atomic(let part): part.isNullable
    }
  }

  /// The lengths in scalars that the part can have; nil where there is no bound.
  var lengths: ClosedRange<Int>? {
    switch self {
    case .empty, .look, .assertion: return 0...0
    case .set: return 1...1
    case .sequence(let parts):
      return parts.reduce(0...0) { sum, part in
        guard let sum, let lengths = part.lengths else { return nil }
        return sum.lowerBound + lengths.lowerBound...sum.upperBound + lengths.upperBound
      }
    case .alternation(let parts):
      let lengths = parts.map(\.lengths)
      guard let first = lengths.first ?? nil else { return nil }
      return lengths.reduce(first) { all, one in
        guard let all, let one else { return nil }
        return min(all.lowerBound, one.lowerBound)...max(all.upperBound, one.upperBound)
      }
    case .repetition(let part, let least, let most, _):
      guard let most, let lengths = part.lengths else { return nil }
      return lengths.lowerBound * least...lengths.upperBound * most
    case .atomic(let part): return part.lengths
    }
  }
}

/// How much a repetition takes, and whether it gives back.
enum RepetitionKind: Sendable {
  case greedy, lazy, possessive
}

/// A condition on a place.
enum RegexAssertion: Sendable {
  case lineStart, lineEnd, textStart, textEnd, lastLineEnd, wordBoundary, noWordBoundary
}

/// Why an expression is not one, or asks for what there is not.
struct RegexError: Error, Equatable {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
