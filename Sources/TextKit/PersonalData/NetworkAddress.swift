/// Finds IPv4 and IPv6 addresses; version numbers, times and addresses of five parts are none.
package enum NetworkAddress {
  static func end(in text: ByteText, at place: Int, publicOnly: Bool) -> Int? {
    if text.isDigit(place), let end = v4End(in: text, at: place, publicOnly) { return end }
    return v6End(in: text, at: place, publicOnly)
  }

  private static func v4End(in text: ByteText, at place: Int, _ publicOnly: Bool) -> Int? {
    if text[place - 1] == UInt8(ascii: "."), text.isDigit(place - 2) { return nil }
    var octets: [Int] = []
    var end = place
    while octets.count < 4 {
      if !octets.isEmpty {
        guard text[end] == UInt8(ascii: ".") else { return nil }
        end += 1
      }
      let next = text.end(from: end) { text.isDigit($0) }
      guard (1...3).contains(next - end), next - end == 1 || text[end] != 0x30 else { return nil }
      octets.append((end..<next).reduce(0) { $0 * 10 + text.digit($1) })
      end = next
    }
    let goesOn =
      isWord(text, end) || text[end] == UInt8(ascii: ".") && text.isAlphanumeric(end + 1)
      || text[end] == UInt8(ascii: "-") && text.isAlphanumeric(end + 1)
    guard octets.allSatisfy({ $0 < 256 }), !goesOn, !isVersion(text, place) else { return nil }
    return !publicOnly || isPublic(octets) ? end : nil
  }

  /// Whether a word goes on; Chinese sets no blank behind an address.
  private static func isWord(_ text: ByteText, _ place: Int) -> Bool {
    text[place] < 0x80 && text.isWord(place)
  }

  private static let counters: Set = [
    "v", "ver", "version", "versions", "release", "rev", "revision", "build", "firmware",
    "section", "chapter", "update", "oid", "abschnitt", "kapitel", "ziffer", "punkt", "fassung",
    "§", "第",
  ]

  /// Whether a word before a number says that it counts releases or chapters.
  private static func isVersion(_ text: ByteText, _ place: Int) -> Bool {
    let end = text.start(before: place, atMost: 8) {
      [0x20, 0x3A, 0x3D, 0x2E, 0x22, 0x27].contains(text[$0])
    }
    let start = text.start(before: end, atMost: 24) { text.isLetter($0) || text[$0] >= 0x80 }
    let word = String(decoding: text.bytes[start..<end], as: UTF8.self).lowercased()
    return counters.contains(word) || ["版本", "第"].contains { word.hasSuffix($0) }
  }

  /// Whether an IPv4 address is routed in the public Internet (the registry of RFC 6890).
  package static func isPublic(_ octets: [Int]) -> Bool {
    switch (octets[0], octets[1], octets[2]) {
    case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _): false
    case (100, 64...127, _), (198, 18...19, _), (240..., _, _): false
    case (192, 0, 2), (198, 51, 100), (203, 0, 113): false
    case (192, 0, 0): octets[3] == 9 || octets[3] == 10
    default: true
    }
  }

  private static func v6End(in text: ByteText, at place: Int, _ publicOnly: Bool) -> Int? {
    guard isHex(text, place) || text.has("::", at: place) else { return nil }
    // No address and colon behind it are longer; runs that are need not be read to their end.
    let longest = 40
    let end = text.end(from: place, atMost: longest + 1) {
      isHex(text, $0) || text[$0] == UInt8(ascii: ":")
    }
    guard end - place <= longest else { return nil }
    var last = end
    if text[last - 1] == UInt8(ascii: ":"), !text.has("::", at: last - 2) { last -= 1 }
    let goesOn = isWord(text, end) || text[end] == UInt8(ascii: ".") && text.isDigit(end + 1)
    guard !goesOn, let groups = groups(text, place..<last)
    else { return nil }
    return !publicOnly || isPublicV6(groups) ? last : nil
  }

  private static func isHex(_ text: ByteText, _ place: Int) -> Bool {
    text.isDigit(place) || (0x61...0x66).contains(text[place] | 0x20)
  }

  /// The groups that are written; nil where they make no address, or one too short to be sure of.
  private static func groups(_ text: ByteText, _ range: Range<Int>) -> [Int]? {
    let parts = text.bytes[range].split(
      separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let written = parts.filter { !$0.isEmpty }
    guard written.allSatisfy({ $0.count <= 4 }) else { return nil }
    let gaps = zip(range, range.dropFirst()).count {
      text[$0.0] == UInt8(ascii: ":") && text[$0.1] == UInt8(ascii: ":")
    }
    let startsWell =
      text[range.lowerBound] != UInt8(ascii: ":") || text.has("::", at: range.lowerBound)
    guard startsWell,
      gaps == 0 && written.count == 8 || gaps == 1 && (2...7).contains(written.count)
    else { return nil }
    // a::b is code more often than an address.
    let hasDigit = range.contains { text.isDigit($0) }
    guard gaps == 0 || written.count > 2 || hasDigit && written.contains(where: { $0.count > 2 })
    else { return nil }
    return written.map { Int(String(decoding: $0, as: UTF8.self), radix: 16) ?? 0 }
  }

  /// Global unicast but for the addresses of documentation.
  private static func isPublicV6(_ groups: [Int]) -> Bool {
    guard let first = groups.first, (0x2000...0x3FFF).contains(first) else { return false }
    return !(first == 0x2001 && groups.count > 1 && groups[1] == 0xDB8) && first != 0x3FFF
  }
}
