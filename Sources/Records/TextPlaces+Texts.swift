extension TextPlaces {
  /// Appends the texts as UTF-8, a zero between two; false where one has escapes that `Record` does not
  /// write.
  package func append(
    textsOf json: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]
  ) -> Bool {
    var isWhole = true
    forEach { place, _ in
      if place.lowerBound != first.lowerBound { buffer.append(0) }
      if !Self.append(json, place, to: &buffer) { isWhole = false }
    }
    return isWhole
  }

  /// Appends what a string in quotes says; false where it has escapes that `Record` does not write.
  static func append(
    _ json: UnsafeBufferPointer<UInt8>, _ place: Range<Int>, to buffer: inout [UInt8]
  ) -> Bool {
    let text = UnsafeBufferPointer(rebasing: json[place.lowerBound + 1..<place.upperBound - 1])
    var start = 0
    while true {
      let end = JSONRun.end(of: text, from: start)
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
      guard end + 1 < text.count else { return end == text.count }
      switch text[end + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer.append(text[end + 1])
      case UInt8(ascii: "n"): buffer.append(0x0A)
      case UInt8(ascii: "r"): buffer.append(0x0D)
      case UInt8(ascii: "t"): buffer.append(0x09)
      case UInt8(ascii: "u"):
        guard let control = control(text, at: end + 2) else { return false }
        buffer.append(control)
        start = end + 6
        continue
      default: return false
      }
      start = end + 2
    }
  }

  /// The control character of four hexadecimal digits, as `Record` writes them.
  private static func control(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> UInt8? {
    guard place + 4 <= text.count else { return nil }
    var value: UInt8 = 0
    for (index, digit) in text[place..<place + 4].enumerated() {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      guard value == 0 || index > 1 else { return nil }
    }
    return value < 0x20 ? value : nil
  }
}
