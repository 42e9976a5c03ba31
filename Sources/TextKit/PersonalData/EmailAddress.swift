/// Finds e-mail addresses: `name@host.domain`, the domain's last part of two letters or more.
package enum EmailAddress {
  private static let marks = Set("!#$%&'*+/=?^_`{|}~-".utf8)

  package static func isLocal(_ text: ByteText, _ place: Int) -> Bool {
    text.isAlphanumeric(place) || marks.contains(text[place])
  }

  static func end(in text: ByteText, at place: Int) -> Int? {
    guard text.isAlphanumeric(place) || text[place] == UInt8(ascii: "_"),
      let at = localEnd(in: text, at: place)
    else { return nil }
    guard let end = domainEnd(in: text, at: at + 1) else { return nil }
    let last = text.bytes[at + 1..<end].split(separator: UInt8(ascii: ".")).last
    return last.map { $0.count > 1 && $0.allSatisfy { (0x61...0x7A).contains($0 | 0x20) } } == true
      ? end : nil
  }

  /// The place of `@` behind parts that single full stops divide.
  package static func localEnd(in text: ByteText, at place: Int) -> Int? {
    var end = place
    while true {
      let next = text.end(from: end) { isLocal(text, $0) }
      guard next > end else { return nil }
      if text[next] == UInt8(ascii: "@") { return next }
      guard text[next] == UInt8(ascii: ".") else { return nil }
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
