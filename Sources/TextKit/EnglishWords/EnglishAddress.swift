/// Whether a word is the address of something on a network, which the rules for English keep whole.
struct EnglishAddress {
  let scalars: [UInt32]
  let traits: [CharacterTraits]

  /// An optional scheme and user, a host name or a public IPv4 address, an optional port and path.
  func matches(_ range: Range<Int>) -> Bool {
    guard scalars[range].contains(0x2E) else { return false }
    var starts = [range.lowerBound]
    if let scheme = schemeEnd(range) { starts.append(scheme) }
    for start in starts {
      if host(start..<range.upperBound) { return true }
      for place in (start + 1..<max(start + 1, range.upperBound)) where scalars[place] == 0x40 {
        if host(place + 1..<range.upperBound) { return true }
      }
    }
    return false
  }

  /// Behind `https://` or its like.
  private func schemeEnd(_ range: Range<Int>) -> Int? {
    guard let colon = scalars[range].firstIndex(of: 0x3A), colon - range.lowerBound >= 2,
      colon + 2 < range.upperBound, scalars[colon + 1] == 0x2F, scalars[colon + 2] == 0x2F
    else { return nil }
    let isName = (range.lowerBound..<colon).allSatisfy {
      !traits[$0].isDisjoint(with: [.letter, .digit])
        || [0x2B, 0x2D, 0x2E, 0x5F].contains(scalars[$0])
    }
    return isName ? colon + 3 : nil
  }

  private func host(_ range: Range<Int>) -> Bool {
    let end = range.first { [0x3A, 0x2F, 0x3F, 0x23].contains(scalars[$0]) } ?? range.upperBound
    let host = range.lowerBound..<end
    return (isName(host) || isPublicIPv4(host)) && isPortAndPath(end..<range.upperBound)
  }

  private func isPortAndPath(_ range: Range<Int>) -> Bool {
    guard let first = range.first else { return true }
    guard scalars[first] == 0x3A else { return true }
    let digits = range.dropFirst().prefix { traits[$0].contains(.digit) }.count
    guard (2...5).contains(digits) else { return false }
    let next = first + 1 + digits
    return next == range.upperBound || [0x2F, 0x3F, 0x23].contains(scalars[next])
  }

  private func parts(_ range: Range<Int>) -> [Range<Int>] {
    scalars[range].split(separator: 0x2E, omittingEmptySubsequences: false).map {
      $0.startIndex..<$0.endIndex
    }
  }

  /// Labels of letters, digits and hyphens, then a last one of small letters.
  private func isName(_ range: Range<Int>) -> Bool {
    let labels = parts(range)
    guard labels.count > 1, let last = labels.last, (2...63).contains(last.count),
      last.allSatisfy({ traits[$0].contains(.lower) })
    else { return false }
    return labels.dropLast().allSatisfy(isLabel)
  }

  private func isLabel(_ range: Range<Int>) -> Bool {
    guard let first = range.first, let last = range.last, range.count <= 64 else { return false }
    return isOuter(first) && isOuter(last)
      && range.allSatisfy { isOuter($0) || scalars[$0] == 0x5F || scalars[$0] == 0x2D }
  }

  private func isOuter(_ place: Int) -> Bool {
    !traits[place].isDisjoint(with: [.plain, .digit]) || (0xA1...0xFFFF).contains(scalars[place])
  }

  private func isPublicIPv4(_ range: Range<Int>) -> Bool {
    let octets = parts(range)
    guard octets.count == 4 else { return false }
    let numbers = octets.compactMap { number($0) }
    guard numbers.count == 4, (1...223).contains(numbers[0]), numbers[1] < 256, numbers[2] < 256,
      (1...254).contains(numbers[3]), scalars[octets[0].lowerBound] != 0x30,
      scalars[octets[3].lowerBound] != 0x30
    else { return false }
    for octet in octets[1...2] where octet.count == 3 && scalars[octet.lowerBound] == 0x30 {
      return false
    }
    return !isPrivate(numbers[0], numbers[1])
  }

  private func isPrivate(_ first: Int, _ second: Int) -> Bool {
    switch (first, second) {
    case (10, _), (127, _), (169, 254), (192, 168), (172, 16...31): true
    default: false
    }
  }

  private func number(_ range: Range<Int>) -> Int? {
    guard (1...3).contains(range.count), range.allSatisfy({ traits[$0].contains(.digit) }) else {
      return nil
    }
    return range.reduce(0) { $0 * 10 + Int(scalars[$1] - 0x30) }
  }
}
