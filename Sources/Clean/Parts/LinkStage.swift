import Records
import Stages
import TextKit

/// `clean.links`: takes addresses of the web out of texts.
enum LinkStage {
  private static let replacement = Parameter(
    "replacement", default: "", aliases: ["repl"], "What stands where an address was.")

  static let descriptor = EditStage.descriptor(
    "clean.links", "Remove web addresses, or put something in their place.",
    version: 2, parameters: [replacement], example: "clean.links: {replacement: \"[link]\"}"
  ) { values in
    let replacement = values[replacement]
    return { Links.replaced(in: $0, by: replacement) }
  }
}

/// Addresses: `scheme://…`, `www.…` and `name.tld/…`.
///
/// A colon alone makes none, as in `8f51:3118:aa66::1` or `note:this`. The blanks around an address
/// stay, as in Data-Juicer's results.
enum Links {
  private static let closing: [UInt8: UInt8] = [
    UInt8(ascii: ")"): UInt8(ascii: "("), UInt8(ascii: "]"): UInt8(ascii: "["),
    UInt8(ascii: "}"): UInt8(ascii: "{"),
  ]
  /// Marks that end the sentence around an address, not the address.
  private static let trailing = Set("`!;:'\".,?".utf8)

  static func replaced(in text: String, by replacement: String) -> Edit {
    let bytes = Array(text.utf8)
    guard bytes.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }) else {
      return Edit(text: text)
    }
    var result: [UInt8] = []
    var (copied, count, place) = (0, 0, 0)
    while place < bytes.count {
      guard let start = start(bytes, place, from: copied) else {
        place += 1
        continue
      }
      let end = end(bytes, from: place)
      guard end > place else {
        place += 1
        continue
      }
      result += bytes[copied..<start]
      result += replacement.utf8
      (copied, place, count) = (end, end, count + 1)
    }
    guard count > 0 else { return Edit(text: text) }
    result += bytes[copied...]
    return Edit(text: String(decoding: result, as: UTF8.self), count: count)
  }

  /// Where an address begins that is sure to be one at a place: `://` or `www.` or the slash.
  private static func start(_ bytes: [UInt8], _ place: Int, from least: Int) -> Int? {
    switch bytes[place] {
    case UInt8(ascii: ":") where bytes[place...].starts(with: "://".utf8):
      return word(bytes, before: place, from: least) {
        $0.isASCIIAlphanumeric || "+-.".utf8.contains($0)
      }
      .flatMap { bytes[$0].isASCIILetter ? $0 : nil }
    case UInt8(ascii: "w"), UInt8(ascii: "W"):
      let isWeb = bytes[place...].prefix(4).map { $0 | 0x20 }.elementsEqual(
        "www.".utf8.map { $0 | 0x20 })
      let isInside = place > least && bytes[place - 1].isASCIIAlphanumeric
      return isWeb && !isInside && bytes[place + 3] == UInt8(ascii: ".") ? place : nil
    case UInt8(ascii: "/"): return domain(bytes, before: place, from: least)
    default: return nil
    }
  }

  private static func word(
    _ bytes: [UInt8], before place: Int, from least: Int, _ isPart: (UInt8) -> Bool
  ) -> Int? {
    var start = place
    while start > least, isPart(bytes[start - 1]) { start -= 1 }
    return start < place ? start : nil
  }

  /// The last parts of names that are no suffix of files, without which `Node.js/Express` and
  /// `main.py/test.py` would be addresses.
  private static let endings = Set(
    """
    com org net edu gov mil int info biz io ai app dev co eu uk ie de at ch fr be nl lu es pt it gr \
    se no dk fi pl cz sk hu ro bg ru ua tr il ir in pk cn hk tw jp kr sg th vn id my ph au nz ca us \
    mx br ar cl za ng ke eg tv
    """.split(separator: " ").map { Array($0.utf8) })

  /// `name.tld` before a slash; the last part is one that names end with.
  private static func domain(_ bytes: [UInt8], before place: Int, from least: Int) -> Int? {
    guard
      let start = word(
        bytes, before: place, from: least,
        {
          $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        })
    else { return nil }
    let parts = bytes[start..<place].split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, endings.contains(last.map { $0 | 0x20 }),
      parts.dropLast().allSatisfy({ $0.count > 1 })
    else { return nil }
    return start
  }

  /// Where an address ends: before white space, a bracket that it did not open, or quotation marks.
  private static func end(_ bytes: [UInt8], from start: Int) -> Int {
    var open: [UInt8] = []
    var place = start
    loop: while place < bytes.count {
      switch bytes[place] {
      case 0...0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "`"):
        break loop
      case let byte where closing.values.contains(byte): open.append(byte)
      case let byte where closing[byte] != nil:
        guard open.last == closing[byte] else { break loop }
        open.removeLast()
      // Punctuation and white space of other scripts: “ ” and U+3000 to U+303F, full-width forms.
      case 0xE2 where bytes[place...].starts(with: [0xE2, 0x80]): break loop
      case 0xE3 where place + 1 < bytes.count && bytes[place + 1] == 0x80: break loop
      case 0xEF where place + 1 < bytes.count && [0xBC, 0xBD].contains(bytes[place + 1]): break loop
      default: break
      }
      place += 1
    }
    while place > start, trailing.contains(bytes[place - 1]) { place -= 1 }
    return place
  }
}
