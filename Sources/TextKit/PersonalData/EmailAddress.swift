/// Finds e-mail addresses: `name@host.domain`, the domain's last part of two letters or more.
package enum EmailAddress {
  private static let marks = Set("!#$%&'*+/=?^_`{|}~-".utf8)

  package static func isLocal(_ text: ByteText, _ place: Int) -> Bool {
    text.isAlphanumeric(place) || marks.contains(text[place])
  }

  static func end(in text: ByteText, at place: Int, _ memory: inout StretchMemory) -> Int? {
    guard text.isAlphanumeric(place) || text[place] == UInt8(ascii: "_") else { return nil }
    return memory.mail.at(place) { follow(text, $0, domain) }.result
  }

  /// The end of a host name whose last part is two letters or more.
  private static func domain(_ text: ByteText, _ place: Int) -> Int? {
    guard let end = domainEnd(in: text, at: place) else { return nil }
    let last = text.bytes[place..<end].split(separator: UInt8(ascii: ".")).last
    return last.map { $0.count > 1 && $0.allSatisfy { (0x61...0x7A).contains($0 | 0x20) } } == true
      ? end : nil
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

  /// The end of the longest host name of at least two parts.
  package static func domainEnd(in text: ByteText, at place: Int) -> Int? {
    var start = place
    var parts = 0
    while true {
      guard text.isAlphanumeric(start) else { return nil }
      let run = text.end(from: start) {
        text.isAlphanumeric($0) || text[$0] == UInt8(ascii: "-")
      }
      var end = run
      while text[end - 1] == UInt8(ascii: "-") { end -= 1 }
      parts += 1
      guard end == run, text[end] == UInt8(ascii: "."), text.isAlphanumeric(end + 1) else {
        return parts > 1 ? end : nil
      }
      start = end + 1
    }
  }
}
