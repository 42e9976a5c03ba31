/// Finds e-mail addresses: `name@host.domain`, the domain's last part of two letters or more.
package enum EmailAddress {
  private static let marks = Set("!#$%&'*+/=?^_`{|}~-".utf8)

  package static func isLocal(_ text: ByteText, _ place: Int) -> Bool {
    text.isAlphanumeric(place) || marks.contains(text[place])
  }

  static func end(in text: ByteText, at place: Int, _ memory: inout StretchMemory) -> Int? {
    guard text.isAlphanumeric(place) || text[place] == UInt8(ascii: "_") else { return nil }
    guard let end = stretch(in: text, at: place, &memory).result else { return nil }
    // git@github.com:owner/project names no person.
    return text.has("git@", at: place) && text[end] == UInt8(ascii: ":") ? nil : end
  }

  /// Where the characters around a place end that may be of an address, and where the address does.
  static func stretch(
    in text: ByteText, at place: Int, _ memory: inout StretchMemory
  ) -> (end: Int, result: Int?) {
    memory.mail.at(place) { follow(text, $0, domain) }
  }

  /// Where an address begins whose name has letters such as ü before those of ASCII.
  static func start(in text: ByteText, before place: Int, behind end: Int) -> Int {
    guard isLatin(text, place - 1) else { return place }
    var start = text.start(before: place, atMost: min(64, place - end)) {
      isLatin(text, $0) || text.isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains(text[$0])
    }
    // The limit may be within a character.
    while (0x80...0xBF).contains(text[start]) { start += 1 }
    return start
  }

  /// Part of a Latin letter beyond ASCII, of two bytes.
  private static func isLatin(_ text: ByteText, _ place: Int) -> Bool {
    let leads: ClosedRange<UInt8> = 0xC3...0xC9
    return leads.contains(text[place])
      || (0x80...0xBF).contains(text[place]) && leads.contains(text[place - 1])
  }

  /// The end of a host name whose last part is two letters or more.
  private static func domain(_ text: ByteText, _ place: Int) -> Int? {
    // Behind `firma.de` the next word of the text may begin at once, with a letter beyond ASCII.
    for end in [
      domainEnd(in: text, at: place, orWith: isLatin), domainEnd(in: text, at: place),
    ] {
      guard let end else { continue }
      let last = text.bytes[place..<end].split(separator: UInt8(ascii: ".")).last ?? []
      let isWord = last.count > 1 && last.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
      if isWord || last.starts(with: "xn--".utf8) { return end }
    }
    return nil
  }

  /// Where parts that single full stops divide end, and, where that is an `@`, what `host` finds
  /// behind it.
  package static func follow(
    _ text: ByteText, _ place: Int, _ host: (ByteText, Int) -> Int?
  ) -> (end: Int, result: Int?) {
    var end = place
    while true {
      let next = text.end(from: end) { isLocal(text, $0) }
      guard next > end else { return (end, nil) }
      if text[next] == UInt8(ascii: "@") { return (next, host(text, next + 1)) }
      guard text[next] == UInt8(ascii: ".") else { return (next, nil) }
      end = next + 1
    }
  }

  /// The end of the longest host name of at least two parts, of ASCII's letters and those that `others` are.
  package static func domainEnd(
    in text: ByteText, at place: Int, orWith others: (ByteText, Int) -> Bool = { _, _ in false }
  ) -> Int? {
    var start = place
    var parts = 0
    while true {
      guard text.isAlphanumeric(start) || others(text, start) else { return nil }
      let run = text.end(from: start) {
        text.isAlphanumeric($0) || text[$0] == UInt8(ascii: "-") || others(text, $0)
      }
      var end = run
      while text[end - 1] == UInt8(ascii: "-") { end -= 1 }
      parts += 1
      guard end == run, text[end] == UInt8(ascii: "."),
        text.isAlphanumeric(end + 1) || others(text, end + 1)
      else {
        return parts > 1 ? end : nil
      }
      start = end + 1
    }
  }
}
