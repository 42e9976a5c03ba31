/// What becomes of the matches when a text is cut at a pattern.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  init(from reader: ComponentReader, default fallback: SplitBehavior?) throws(TokenizerError) {
    if let fallback, reader.member("behavior") == nil {
      self = fallback
      return
    }
    let name = try reader.required("behavior").string()
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw reader.unsupported(
        "the behavior '\(name)' is not known",
        remedy: "known are Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous",
        key: "behavior")
    }
    self = behavior
  }
}

/// A part of a word: a match, or what lies between matches.
struct SplitPart {
  var range: ByteRange
  var isMatch: Bool
}

extension PreTokenizedText {
  /// Cuts every word at the matches of a pattern.
  mutating func split(_ pattern: SplitPattern, _ behavior: SplitBehavior, inverted: Bool = false) {
    // A pattern that covers all text and keeps its matches apart needs no bookkeeping.
    if pattern.coversAllText, behavior == .isolated {
      return refine { bytes, word, parts in pattern.appendMatches(in: bytes, word, to: &parts) }
    }
    var matches: [ByteRange] = []
    refine { bytes, word, parts in
      matches.removeAll(keepingCapacity: true)
      pattern.appendMatches(in: bytes, word, to: &matches)
      let cut = SplitPart.all(
        of: word, matches, inverted: inverted, keepsEmpty: behavior == .contiguous)
      behavior.append(cut, to: &parts)
    }
  }
}

extension SplitPart {
  /// The matches in a word and what lies between them.
  ///
  /// - Parameter keepsEmpty: Keeps empty matches, which part what lies on both sides.
  static func all(
    of word: ByteRange, _ matches: [ByteRange], inverted: Bool, keepsEmpty: Bool = false
  ) -> [SplitPart] {
    var parts: [SplitPart] = []
    var place = word.start
    func add(_ end: Int32, _ isMatch: Bool) {
      guard place < end || keepsEmpty && isMatch else { return }
      parts.append(
        SplitPart(range: ByteRange(Int(place), Int(end)), isMatch: isMatch != inverted))
      place = end
    }
    for match in matches {
      add(match.start, false)
      add(match.end, true)
    }
    add(word.end, false)
    return parts
  }
}

extension SplitBehavior {
  /// Appends the words that the parts make up.
  func append(_ parts: [SplitPart], to words: inout [ByteRange]) {
    switch self {
    case .removed: words.append(contentsOf: parts.lazy.filter { !$0.isMatch }.map(\.range))
    case .isolated: words.append(contentsOf: parts.lazy.map(\.range))
    case .contiguous:
      var joined: [ByteRange] = []
      Self.join(parts, &joined) { $0 == $1 }
      words.append(contentsOf: joined.lazy.filter { $0.start < $0.end })
    case .mergedWithPrevious: Self.join(parts, &words) { previous, match in match && !previous }
    case .mergedWithNext: Self.joinNext(parts, &words)
    }
  }

  /// Joins a part to the one before where `joins(previous is a match, this is a match)`.
  private static func join(
    _ parts: [SplitPart], _ words: inout [ByteRange], _ joins: (Bool, Bool) -> Bool
  ) {
    var previous = false
    for (index, part) in parts.enumerated() {
      if index > 0, joins(previous, part.isMatch) {
        words[words.count - 1].end = part.range.end
      } else {
        words.append(part.range)
      }
      previous = part.isMatch
    }
  }

  /// Joins a match to the part behind it, unless that is a match too.
  private static func joinNext(_ parts: [SplitPart], _ words: inout [ByteRange]) {
    var pending: Int32?
    for (index, part) in parts.enumerated() {
      let start = pending ?? part.range.start
      let joinsNext = part.isMatch && index + 1 < parts.count && !parts[index + 1].isMatch
      pending = joinsNext ? start : nil
      if !joinsNext { words.append(ByteRange(Int(start), Int(part.range.end))) }
    }
  }
}
