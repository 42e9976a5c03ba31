/// What shares are measured of: the characters of a text and its words.
///
/// Letters are letters of every script: Data-Juicer counts the Chinese 一 among special characters.
struct MeasuredText: Sendable {
  let scalars: [Unicode.Scalar]
  /// Words in small letters without punctuation; an ideograph is a word.
  let words: [String]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    words = PlainForm.words(of: text)
  }

  private func share(_ isCounted: (Unicode.Scalar) -> Bool) -> Double {
    scalars.isEmpty ? 0 : Double(scalars.count(where: isCounted)) / Double(scalars.count)
  }

  /// The share of letters and of digits of all kinds.
  var alphanumericShare: Double { share { $0.isLetter || $0.properties.numericType != nil } }

  /// The share of what is neither a letter nor a mark on one: digits, punctuation, blanks, symbols.
  var specialShare: Double { share { !$0.isLetter && !$0.isMark } }

  /// The mean length of a line.
  var averageLine: Double {
    let lines = self.lines
    return Double(lines.reduce(0, +)) / Double(max(1, lines.count))
  }

  /// The length of the longest line.
  var longestLine: Double { Double(lines.max() ?? 0) }

  /// The lengths of all lines; an end of line at the end of the text begins none.
  private var lines: [Int] {
    var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false).map(\.count)
    if lines.last == 0 { lines.removeLast() }
    return lines
  }

  /// The share of words that are in a list.
  func share(of list: Set<String>) -> Double {
    words.isEmpty ? 0 : Double(words.count { list.contains($0) }) / Double(words.count)
  }

  /// Of all runs of so many characters the share of those most frequent: as many runs as the square
  /// root of how many there are, of those that come again.
  ///
  /// The measure of ROOTS (Laurençon and others 2022, appendix), as Data-Juicer has it.
  func characterRepetition(_ length: Int) -> Double {
    let counts = Self.counts(scalars.map(\.value), length)
    guard !counts.isEmpty else { return 0 }
    let sorted = counts.sorted(by: >)
    let repeated = sorted.count { $0 > 1 }
    let most = min(Int(Double(sorted.count).squareRoot()), repeated)
    return Double(sorted.prefix(most).reduce(0, +)) / Double(sorted.reduce(0, +))
  }

  /// The share of runs of so many words that come more than once.
  func wordRepetition(_ length: Int) -> Double {
    var numbers: [String: UInt32] = [:]
    let ids = words.map { word in
      let number = numbers[word] ?? UInt32(numbers.count)
      numbers[word] = number
      return number
    }
    let counts = Self.counts(ids, length)
    let all = counts.reduce(0, +)
    return all == 0 ? 0 : Double(counts.filter { $0 > 1 }.reduce(0, +)) / Double(all)
  }

  /// How often each run of so many numbers occurs.
  private static func counts(_ values: [UInt32], _ length: Int) -> [Int] {
    guard values.count >= length else { return [] }
    let starts = 0...values.count - length
    func isLess(_ left: Int, _ right: Int) -> Bool {
      for offset in 0..<length where values[left + offset] != values[right + offset] {
        return values[left + offset] < values[right + offset]
      }
      return false
    }
    let sorted = starts.sorted(by: isLess)
    var counts: [Int] = []
    for (place, start) in sorted.enumerated() {
      if place > 0, !isLess(sorted[place - 1], start) {
        counts[counts.count - 1] += 1
      } else {
        counts.append(1)
      }
    }
    return counts
  }
}

extension Unicode.Scalar {
  var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }
}
