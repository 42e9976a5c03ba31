import TextKit

/// References to characters that end in a semicolon, and names in capitals such as `&EACUTE;`.
struct HTMLNames: Sendable {
  static let standard = HTMLNames()
  private static let longest = 24

  private let capitals: [[UInt8]: [UInt32]]

  private init() {
    var capitals: [[UInt8]: [UInt32]] = [:]
    for (name, scalars) in TableText.replacements(MojibakeTables.entities) {
      capitals[Array(name.utf8)] = scalars
    }
    self.capitals = capitals
  }

  /// The text with its references read.
  func unescaped(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(0x26) else { return text }
    var result: [UInt32] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if text[place] == 0x26, let (scalars, length) = reference(text[place...]) {
        result += scalars
        place += length
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  private func reference(_ text: ArraySlice<UInt32>) -> (scalars: [UInt32], length: Int)? {
    let isNumber = text.dropFirst().first == 0x23
    let head = isNumber ? 2 : 1
    let body = text.dropFirst(head).prefix(Self.longest).prefix {
      $0 < 0x80 && UInt8($0).isASCIIAlphanumeric
    }
    guard !body.isEmpty, text.dropFirst(head + body.count).first == 0x3B else { return nil }
    let name = body.map { UInt8($0) }
    let scalars = isNumber ? Self.number(name) : named(name)
    return scalars.map { ($0, head + name.count + 1) }
  }

  private func named(_ name: [UInt8]) -> [UInt32]? {
    capitals[name] ?? HTMLEntities.standard.text(named: name)?.unicodeScalars.map(\.value)
  }

  /// The character of a number; none for one that HTML takes out; nil where it stays as it is.
  private static func number(_ digits: [UInt8]) -> [UInt32]? {
    let isHex = digits[0] | 0x20 == UInt8(ascii: "x")
    let body = isHex ? digits.dropFirst() : digits[...]
    guard !body.isEmpty, body.allSatisfy({ isHex ? $0.isASCIIHexDigit : $0.isASCIIDigit }) else {
      return nil
    }
    let value = body.reduce(UInt64(0)) { sum, digit in
      let number = digit.isASCIIDigit ? digit & 0x0F : (digit & 0x0F) + 9
      return min(sum * (isHex ? 16 : 10) + UInt64(number), 0x11_0000)
    }
    let code = UInt32(value)
    switch code {
    case 0, 0x11_0000..., 0xD800...0xDFFF: return [0xFFFD]
    case 0x80..<0xA0: return [ByteCodecs.windows[Int(code) - 0x80] ?? code]
    case 0x3B: return nil
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: return []
    default: return code & 0xFFFE == 0xFFFE ? [] : [code]
    }
  }
}
