import Records
import Stages

/// A kind of fault that typing or scanning makes.
enum NoiseKind: String, ChoiceValue {
  /// The key beside the right one.
  case keyboard
  /// A letter read as one that looks like it.
  case ocr
  /// Two letters in the wrong order.
  case swap
  /// A letter left out.
  case delete
  /// A key beside the right one hit too.
  case insert
  /// A letter typed twice.
  case `repeat`
}

/// Puts faults into words, in characters as readers see them (grapheme clusters).
///
/// Capitals stay where they were: `The` becomes `Hte`, never `hTe`. Scanning alone confuses shapes
/// whatever their case.
struct WordNoiser: Sendable {
  private let neighbours: [Character: [Character]]

  init(_ layout: KeyboardLayout) { neighbours = layout.neighbours }

  /// A place in a word where a fault may happen, and what may stand there then.
  private struct Site {
    let range: Range<Int>
    let readings: [[Character]]
  }

  /// The word with up to `most` faults of a kind in places drawn by lot, and how many they are.
  ///
  /// - Returns: Nil where the word has no place for such a fault.
  func noised(
    _ word: String, _ kind: NoiseKind, most: Int, _ random: inout CounterRandom
  ) -> (word: String, faults: Int)? {
    let letters = Array(word)
    let sites = sites(in: letters, kind)
    guard !sites.isEmpty, most > 0 else { return nil }
    // A word does not vanish.
    let most = kind == .delete ? min(most, letters.count - 1) : most
    var drawn: [(site: Site, reading: [Character])] = []
    for site in random.some(sites.count, of: sites) where drawn.count < most {
      // Faults do not lie on each other.
      guard !drawn.contains(where: { $0.site.range.overlaps(site.range) }) else { continue }
      drawn.append((site, site.readings[random.below(site.readings.count)]))
    }
    var changed = letters
    for (site, reading) in drawn.sorted(by: { $0.site.range.lowerBound > $1.site.range.lowerBound })
    {
      changed.replaceSubrange(site.range, with: reading)
    }
    if kind == .delete, let first = letters.first, let kept = changed.first {
      changed[0] = Self.cased(kept, like: first, lowers: false)
    }
    return changed == letters || changed.isEmpty ? nil : (String(changed), drawn.count)
  }

  private func sites(in letters: [Character], _ kind: NoiseKind) -> [Site] {
    switch kind {
    case .keyboard:
      return letters.indices.compactMap { place in
        let options = neighbours(of: letters[place]).map { [Self.cased($0, like: letters[place])] }
        return options.isEmpty ? nil : Site(range: place..<place + 1, readings: options)
      }
    case .ocr: return ocrSites(letters)
    case .swap:
      return letters.indices.dropLast().compactMap { place in
        let (first, second) = (letters[place], letters[place + 1])
        guard first.lowercased() != second.lowercased() else { return nil }
        let swapped = [Self.cased(second, like: first), Self.cased(first, like: second)]
        return Site(range: place..<place + 2, readings: [swapped])
      }
    case .delete:
      return letters.indices.map { Site(range: $0..<$0 + 1, readings: [[]]) }
    case .insert:
      return letters.indices.compactMap { place in
        let options = neighbours(of: letters[place])
          .map { [letters[place], Self.cased($0, like: Self.follower(place, letters))] }
        return options.isEmpty ? nil : Site(range: place..<place + 1, readings: options)
      }
    case .repeat:
      return letters.indices.map { place in
        let second = Self.cased(letters[place], like: Self.follower(place, letters))
        return Site(range: place..<place + 1, readings: [[letters[place], second]])
      }
    }
  }

  private func ocrSites(_ letters: [Character]) -> [Site] {
    [1, 2].flatMap { width in
      letters.indices.dropLast(width - 1).compactMap { place -> Site? in
        let range = place..<place + width
        guard let readings = ConfusedShapes.readings[String(letters[range])] else { return nil }
        return Site(range: range, readings: readings.map(Array.init))
      }
    }
  }

  private func neighbours(of letter: Character) -> [Character] {
    let lower = letter.lowercased()
    return lower.count == 1 ? neighbours[Character(lower)] ?? [] : []
  }

  /// The letter whose case one behind a place takes: `Tthe`, but `THHE`.
  private static func follower(_ place: Int, _ letters: [Character]) -> Character {
    place + 1 < letters.count ? letters[place + 1] : letters[place]
  }

  /// A letter in the case of another, where it has one of a single character.
  private static func cased(
    _ letter: Character, like other: Character, lowers: Bool = true
  ) -> Character {
    let text =
      other.isUppercase
      ? letter.uppercased() : lowers && other.isLowercase ? letter.lowercased() : String(letter)
    return text.count == 1 ? Character(text) : letter
  }
}
