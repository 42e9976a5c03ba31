/// Text that needs no escaping, as MarkupSafe has it.
extension MarkedText {
  var asMarkup: MarkedText {
    var text = self
    text.isMarkup = true
    return text
  }

  /// With the characters of HTML escaped, unless that is done.
  var escaped: MarkedText { isMarkup ? self : entities.asMarkup }

  /// With the characters of HTML escaped.
  var entities: MarkedText {
    let names: [Unicode.Scalar: String] = [
      "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;",
    ]
    return mapped { (names[$0] ?? String($0)).unicodeScalars }
  }

  /// `self + other` of a template: beside text that needs no escaping, other text is escaped.
  func joined(with other: MarkedText) -> MarkedText {
    guard isMarkup || other.isMarkup else { return self + other }
    return (escaped + other.escaped).asMarkup
  }
}

/// What Python's strings can do.
extension MarkedText {
  var uppercased: MarkedText { mapped { $0.properties.uppercaseMapping.unicodeScalars } }

  /// A sigma at the end of a word becomes the final one, as Python has it.
  var lowercased: MarkedText {
    MarkedText(
      units.indices.flatMap { place -> [MarkedScalar] in
        let unit = units[place]
        if unit.scalar == "Σ" { return [unit.with(endsWord(at: place) ? "ς" : "σ")] }
        return unit.scalar.properties.lowercaseMapping.unicodeScalars.map { unit.with($0) }
      })
  }

  /// Whether a letter stands before a place and none behind it, marks left aside.
  private func endsWord(at place: Int) -> Bool {
    func isCased(_ units: some Sequence<MarkedScalar>) -> Bool {
      units.lazy.map(\.scalar.properties).first { !$0.isCaseIgnorable }?.isCased ?? false
    }
    return isCased(units[..<place].reversed()) && !isCased(units[(place + 1)...])
  }

  /// Python's `casefold`, which is small letters of capital ones but for Cherokee and the dotless i.
  var caseFolded: MarkedText {
    mapped { scalar -> String.UnicodeScalarView in
      switch scalar.value {
      case 0x131: String(scalar).unicodeScalars
      case 0x13A0...0x13FD, 0xAB70...0xABBF: scalar.properties.uppercaseMapping.unicodeScalars
      default:
        scalar.properties.uppercaseMapping.unicodeScalars
          .map(\.properties.lowercaseMapping).joined().unicodeScalars
      }
    }
  }

  var capitalized: MarkedText {
    MarkedText(units.prefix(1)).mapped { $0.properties.titlecaseMapping.unicodeScalars }
      + MarkedText(MarkedText(units.dropFirst()).lowercased.units)
  }

  var titlecased: MarkedText {
    var wasCased = false
    return MarkedText(
      units.flatMap { unit -> [MarkedScalar] in
        let properties = unit.scalar.properties
        let mapping = wasCased ? properties.lowercaseMapping : properties.titlecaseMapping
        wasCased = properties.isCased
        return mapping.unicodeScalars.map { unit.with($0) }
      })
  }

  var swapcased: MarkedText {
    mapped { scalar in
      let properties = scalar.properties
      return (properties.isUppercase ? properties.lowercaseMapping : properties.uppercaseMapping)
        .unicodeScalars
    }
  }

  /// Whether there are letters with case, all of one kind.
  func isCased(_ isRight: (Unicode.Scalar.Properties) -> Bool) -> Bool {
    let cased = units.map(\.scalar.properties).filter { $0.isLowercase || $0.isUppercase }
    return !cased.isEmpty && cased.allSatisfy(isRight)
  }

  /// Other text in the place of some; of all where `most` is negative.
  func replacing(
    _ old: MarkedText, with new: MarkedText, most: Int
  ) throws(ChatTemplateError) -> MarkedText {
    var left = most < 0 ? Int.max : most
    var result = MarkedText()
    var place = 0
    while left > 0 {
      let found = old.isEmpty ? place : range(of: old, from: place)
      guard let found, found <= count, !old.isEmpty || found < count || place == count else {
        break
      }
      result.units += units[place..<found] + new.units
      place = found + old.count
      left -= 1
      if old.isEmpty {
        guard place < count else { return result }
        result.units.append(units[place])
        place += 1
      }
      guard result.count < Self.longest else { throw Self.tooLong }
    }
    result.units += units[min(place, count)...]
    return result
  }

  /// The parts between separators, or between runs of white space.
  func split(_ separator: MarkedText?, most: Int) throws(ChatTemplateError) -> [MarkedText] {
    let most = most < 0 ? Int.max : most
    guard let separator else { return splitAtSpace(most: most) }
    guard !separator.isEmpty else { throw .value("the separator is empty") }
    var parts: [MarkedText] = []
    var start = 0
    while parts.count < most, let found = range(of: separator, from: start) {
      parts.append(MarkedText(units[start..<found]))
      start = found + separator.count
    }
    return parts + [MarkedText(units[start...])]
  }

  private func splitAtSpace(most: Int) -> [MarkedText] {
    var parts: [MarkedText] = []
    var rest = units[...].drop { $0.scalar.isPythonSpace }
    while !rest.isEmpty {
      guard parts.count < most else {
        return parts + [MarkedText(rest).stripped(nil, left: false, right: true)]
      }
      let word = rest.prefix { !$0.scalar.isPythonSpace }
      parts.append(MarkedText(word))
      rest = rest[word.endIndex...].drop { $0.scalar.isPythonSpace }
    }
    return parts
  }

  /// As `split`, from the end.
  func splitFromEnd(_ separator: MarkedText?, most: Int) throws(ChatTemplateError) -> [MarkedText] {
    let back = MarkedText(units.reversed())
    let parts = try back.split(
      separator.map { MarkedText($0.units.reversed()) }, most: most)
    return parts.reversed().map { MarkedText($0.units.reversed()) }
  }

  /// The lines, as `splitlines` cuts them.
  func lines(keepsEnds: Bool) -> [MarkedText] {
    let breaks: Set<UInt32> = [0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029]
    var lines: [MarkedText] = []
    var start = 0
    var place = 0
    while place < count {
      defer { place += 1 }
      guard breaks.contains(units[place].value) else { continue }
      let end = place
      if units[place].value == 0x0D, place + 1 < count, units[place + 1].value == 0x0A {
        place += 1
      }
      lines.append(MarkedText(units[start..<(keepsEnds ? place + 1 : end)]))
      start = place + 1
    }
    return start < count ? lines + [MarkedText(units[start...])] : lines
  }

  /// Filled up on both sides.
  func centered(_ width: Int, _ fill: Unicode.Scalar) -> MarkedText {
    let space = min(width, 1_000_000) - count
    guard space > 0 else { return self }
    // Python's rule of where the odd blank goes.
    let left = space / 2 + (space & width & 1)
    return Self.filling(fill, left) + self + Self.filling(fill, space - left)
  }

  /// The most scalars of a text that a template makes.
  private static let longest = 100_000_000
  private static var tooLong: ChatTemplateError {
    ChatTemplateError(.limit, "a text grows too long")
  }

  static func filling(_ fill: Unicode.Scalar, _ count: Int) -> MarkedText {
    MarkedText(
      [MarkedScalar](
        repeating: MarkedScalar(value: fill.value), count: max(0, min(count, 1_000_000))))
  }

  /// Tabs written as spaces up to the next place that `width` divides.
  func expandingTabs(to width: Int) throws(ChatTemplateError) -> MarkedText {
    var result = MarkedText()
    var column = 0
    for unit in units {
      guard unit.scalar != "\t" else {
        let space = width > 0 ? width - column % width : 0
        guard space < Self.longest - result.count else { throw Self.tooLong }
        result.units += Self.filling(" ", space).units
        column += space
        continue
      }
      column = unit.scalar == "\n" || unit.scalar == "\r" ? 0 : column + 1
      result.units.append(unit)
    }
    return result
  }

  /// Whether every word begins with a capital letter and goes on in small ones, and there is one.
  var isTitle: Bool {
    var (wasCased, hasWord) = (false, false)
    for unit in units {
      let properties = unit.scalar.properties
      if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
        if wasCased { return false }
        (wasCased, hasWord) = (true, true)
      } else if properties.isLowercase {
        if !wasCased { return false }
      } else {
        wasCased = false
      }
    }
    return hasWord
  }

  /// Whether Python takes the text for a name.
  var isIdentifier: Bool {
    guard let first = units.first?.scalar,
      first == "_" || first.properties.isXIDStart
    else { return false }
    return units.dropFirst().allSatisfy { $0.scalar.properties.isXIDContinue }
  }
}
