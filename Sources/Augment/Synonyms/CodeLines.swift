/// Finds lines that read as code: prose has no `==`, and does not end in `{`.
enum CodeLines {
  /// Signs of which every line of code has one, unless it begins with blanks.
  static let signs = Array("{};:)=>&|".utf8)

  /// The lines in UTF-8 bytes, in order.
  static func find(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      if isCode(bytes[start..<end]) { found.append(start..<end) }
      start = end + 1
    }
    return found
  }

  private static func isCode(_ line: ArraySlice<UInt8>) -> Bool {
    let body = line.drop { $0 <= 0x20 }
    guard let last = body.last(where: { $0 > 0x20 }) else { return false }
    switch last {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"): return true
    case UInt8(ascii: ":"), UInt8(ascii: ")"): if begins(body) { return true }
    default: if body.startIndex - line.startIndex >= 2, begins(body) { return true }
    }
    return holdsSign(body)
  }

  private static let beginnings = ["def ", "class ", "import ", "return ", "#include", "//"]
    .map { Array($0.utf8) }

  private static func begins(_ body: ArraySlice<UInt8>) -> Bool {
    beginnings.contains { body.starts(with: $0) }
  }

  /// Whether two marks stand together that no prose writes so: `==`, `:=`, `->`, `&&`, ` = `.
  private static func holdsSign(_ body: ArraySlice<UInt8>) -> Bool {
    var before: UInt8 = 0
    for (place, byte) in zip(body.indices, body) {
      switch byte {
      case UInt8(ascii: "="):
        if "=!:+-<>".utf8.contains(before) { return true }
        if before == 0x20, place + 1 < body.endIndex, body[place + 1] == 0x20 { return true }
      case UInt8(ascii: ">"):
        if before == UInt8(ascii: "-") || before == UInt8(ascii: "=") { return true }
      case UInt8(ascii: "&"), UInt8(ascii: "|"): if before == byte { return true }
      case UInt8(ascii: ":"): if before == UInt8(ascii: ")") { return true }
      default: break
      }
      before = byte
    }
    return false
  }
}
