#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Languages by n-grams of one to four characters: a logistic regression on hashed counts.
///
/// `Scripts/textkit_languages.py` trains it and says how the counts are made.
struct NGramModel: Sendable {
  let languages: [String]
  private let scale: Float
  private let offsets: [Float]
  /// A row for each bucket, a weight a language.
  private let weights: [Int8]

  init(_ languages: String, _ scale: Double, _ offsets: String, _ weights: StaticString) {
    self.languages = languages.split(separator: " ").map(String.init)
    self.scale = Float(scale)
    self.offsets = offsets.split(separator: " ").compactMap { Float($0) }
    self.weights = weights.withUTF8Buffer { Self.decoded($0) }
    let count = self.languages.count << Int(LanguageModel.bits)
    precondition(self.weights.count == count, "\(self.weights.count) weights, not \(count)")
  }

  /// The likeliest language and its probability.
  func best(of text: String) -> (language: String, probability: Double) {
    let scores = scores(of: Self.counts(of: text))
    let top = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    let sum = scores.reduce(0) { $0 + exp(Double($1 - scores[top])) }
    return (languages[top], 1 / sum)
  }

  /// How well each language fits, by the counts of all buckets.
  private func scores(of counts: [Float]) -> [Float] {
    var scores = [Float](repeating: 0, count: languages.count)
    var squares: Float = 0
    weights.withUnsafeBufferPointer { weights in
      scores.withUnsafeMutableBufferPointer { scores in
        for (bucket, count) in counts.enumerated() where count > 0 {
          let value = count.squareRoot()
          squares += value * value
          let row = bucket * scores.count
          for index in scores.indices { scores[index] += value * Float(weights[row + index]) }
        }
      }
    }
    let unit = scale / max(squares.squareRoot(), 1e-9)
    for index in scores.indices { scores[index] = scores[index] * unit + offsets[index] }
    return scores
  }

  /// How many n-grams fall in each bucket.
  private static func counts(of text: String) -> [Float] {
    let letters = letters(of: text)
    var counts = [Float](repeating: 0, count: 1 << Int(LanguageModel.bits))
    let mask = UInt32(1) << LanguageModel.bits - 1
    for start in letters.indices {
      var hash: UInt32 = 2_166_136_261
      for length in 1...min(4, letters.count - start) {
        hash = (hash ^ letters[start + length - 1]) &* 16_777_619
        if length == 1, letters[start] == 0x20 { continue }
        let mixed = (hash ^ hash >> 15) &* 0x85EB_CA6B
        counts[Int((mixed ^ mixed >> 13) & mask)] += 1
      }
    }
    return counts
  }

  /// Letters and marks in small form, with one blank for all else and at both ends; the start of a
  /// long text tells enough.
  private static func letters(of text: String) -> [UInt32] {
    var letters: [UInt32] = [0x20]
    for scalar in text.unicodeScalars {
      if letters.count > 1000 { break }
      if isLetter(scalar) {
        for small in scalar.properties.lowercaseMapping.unicodeScalars where isLetter(small) {
          letters.append(small.value)
        }
      } else if letters.last != 0x20 {
        letters.append(0x20)
      }
    }
    if letters.last != 0x20 { letters.append(0x20) }
    return letters
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x61...0x7A).contains(scalar.value | 0x20) }
    // Spanish alone writes ¡ and ¿.
    if scalar == "¡" || scalar == "¿" { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark:
      return true
    default: return false
    }
  }

  /// Bytes from base64, line ends skipped.
  private static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> [Int8] {
    var result: [Int8] = []
    result.reserveCapacity(text.count * 3 / 4)
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for byte in text {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: continue
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      result.append(Int8(truncatingIfNeeded: bits >> count))
    }
    return result
  }
}
