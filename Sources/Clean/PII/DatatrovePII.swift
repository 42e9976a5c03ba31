import TextKit

/// E-mail and IPv4 addresses as datatrove's formatter finds and replaces them, to the letter.
///
/// Its addresses may begin inside a longer number, and replacements take turns; here they begin
/// anew with each text, so that the result does not depend on the texts before.
struct DatatrovePII {
  private static let emails = ["email@example.com", "firstname.lastname@example.org"]
  private static let addresses = [
    "22.214.171.124", "126.96.36.199", "188.8.131.52", "184.108.40.206", "220.127.116.11",
    "18.104.22.168",
  ]

  static func replaced(_ bytes: [UInt8]) -> (bytes: [UInt8], emails: Int, addresses: Int) {
    let (text, emails) = replace(ByteText(bytes: bytes), emails, email)
    let (result, addresses) = replace(text, addresses, address)
    return (result.bytes, emails, addresses)
  }

  /// The end of a match at a place, and whether it is replaced.
  private typealias Match = (end: Int, isReplaced: Bool)

  private static func replace(
    _ text: ByteText, _ replacements: [String],
    _ match: (ByteText, Int, inout StretchMemory) -> Match?
  ) -> (ByteText, Int) {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var (place, count) = (0, 0)
    var memory = StretchMemory()
    while place < text.count {
      if let found = match(text, place, &memory) {
        if found.isReplaced {
          result += replacements[count % replacements.count].utf8
          count += 1
        } else {
          result += text.bytes[place..<found.end]
        }
        place = found.end
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return (ByteText(bytes: result), count)
  }

  private static func email(
    _ text: ByteText, _ place: Int, _ memory: inout StretchMemory
  ) -> Match? {
    guard text.isWord(place) != endsWord(text, before: place), EmailAddress.isLocal(text, place),
      let end = memory.mail.at(place, look: { EmailAddress.follow(text, $0, host) }).result
    else { return nil }
    return (end, true)
  }

  /// Whether a character of Python's `\w` stands before a place.
  private static func endsWord(_ text: ByteText, before place: Int) -> Bool {
    guard place > 0, text[place - 1] >= 0x80 else { return place > 0 && text.isWord(place - 1) }
    var start = place - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    let last = String(decoding: text.bytes[start..<place], as: UTF8.self).unicodeScalars.last
    return last.map { PythonCharacter.isWord($0.value) } ?? false
  }

  private static func host(_ text: ByteText, _ place: Int) -> Int? {
    EmailAddress.domainEnd(in: text, at: place) ?? literalEnd(text, place)
  }

  /// `[1.2.3.4]`.
  private static func literalEnd(_ text: ByteText, _ place: Int) -> Int? {
    guard text[place] == UInt8(ascii: "["), let end = octets(text, place + 1, 4),
      text[end] == UInt8(ascii: "]")
    else { return nil }
    return end + 1
  }

  private static func address(
    _ text: ByteText, _ place: Int, _ memory: inout StretchMemory
  ) -> Match? {
    guard text.isDigit(place), let end = octets(text, place, 4) else { return nil }
    let parts = text.bytes[place..<end].split(separator: UInt8(ascii: "."))
    let numbers = parts.map { $0.reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    let isPlain = parts.allSatisfy { $0.count == 1 || $0.first != 0x30 }
    return (end, isPlain && NetworkAddress.isPublic(numbers))
  }

  /// The end of so many octets that full stops divide, each as long as what follows allows.
  private static func octets(_ text: ByteText, _ place: Int, _ count: Int) -> Int? {
    for length in lengths(text, place) {
      let end = place + length
      if count == 1 { return end }
      if text[end] == UInt8(ascii: "."), let last = octets(text, end + 1, count - 1) { return last }
    }
    return nil
  }

  /// How long an octet at a place may be, the first choice first.
  private static func lengths(_ text: ByteText, _ place: Int) -> [Int] {
    guard text.isDigit(place) else { return [] }
    let digits = (place..<place + 3).prefix { text.isDigit($0) }.count
    let value = (place..<place + digits).reduce(0) { $0 * 10 + text.digit($1) }
    return digits == 3 && value > 255 ? [2, 1] : Array((1...digits).reversed())
  }
}
