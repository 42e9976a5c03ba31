/// Halves of surrogate pairs in the escapes of JSON, which stand for no character.
enum SurrogateHalves {
  private static let replacement = Array("fffd".utf8)

  /// Puts U+FFFD for every half that stands alone.
  /// - Returns: How many there were.
  static func replace(in json: inout [UInt8]) -> Int {
    var count = 0
    var place = 0
    while place < json.count, let escape = json[place...].firstIndex(of: UInt8(ascii: "\\")) {
      place = escape + 2
      guard let unit = unit(json, escape), (0xD800..<0xE000).contains(unit) else { continue }
      if unit < 0xDC00, let low = self.unit(json, escape + 6), (0xDC00..<0xE000).contains(low) {
        place = escape + 12
      } else {
        json.replaceSubrange(escape + 2..<escape + 6, with: replacement)
        place = escape + 6
        count += 1
      }
    }
    return count
  }

  /// The number of an escape `\uXXXX` at a place; nil where none stands.
  private static func unit(_ json: [UInt8], _ place: Int) -> UInt32? {
    guard place + 6 <= json.count, json[place] == UInt8(ascii: "\\"),
      json[place + 1] == UInt8(ascii: "u")
    else { return nil }
    return json[place + 2..<place + 6].reduce(0) { (unit: UInt32?, byte) in
      guard let unit else { return nil }
      switch byte {
      case 0x30...0x39: return unit << 4 | UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: return unit << 4 | UInt32((byte | 0x20) - 0x57)
      default: return nil
      }
    }
  }
}
