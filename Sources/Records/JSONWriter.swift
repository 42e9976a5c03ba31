extension JSONValue {
  /// The shortest JSON text of the value: no blanks, non-ASCII written as it is, one line.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The shortest JSON text of the value as UTF-8.
  public var bytes: [UInt8] {
    var buffer: [UInt8] = []
    write(to: &buffer)
    return buffer
  }

  /// The JSON text with two blanks per level, for files that people read.
  public var prettyText: String {
    var buffer: [UInt8] = []
    write(to: &buffer, indent: 0)
    buffer.append(UInt8(ascii: "\n"))
    return String(decoding: buffer, as: UTF8.self)
  }

  /// Appends the shortest JSON text to a buffer.
  public func write(to buffer: inout [UInt8]) { write(to: &buffer, indent: nil) }

  private func write(to buffer: inout [UInt8], indent: Int?) {
    switch self {
    case .null: buffer.append(contentsOf: "null".utf8)
    case .bool(let value): buffer.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let value): buffer.append(contentsOf: value.literal.utf8)
    case .string(let value): Self.write(value, to: &buffer)
    case .array(let elements):
      Self.writeList(elements, "[", "]", to: &buffer, indent: indent) { element, buffer, indent in
        element.write(to: &buffer, indent: indent)
      }
    case .object(let object):
      Self.writeList(object.members, "{", "}", to: &buffer, indent: indent) {
        member, buffer, indent in
        Self.write(member.key, to: &buffer)
        buffer.append(UInt8(ascii: ":"))
        if indent != nil { buffer.append(UInt8(ascii: " ")) }
        member.value.write(to: &buffer, indent: indent)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar,
    to buffer: inout [UInt8], indent: Int?,
    _ write: (Element, inout [UInt8], Int?) -> Void
  ) {
    buffer.append(UInt8(ascii: open))
    let inner = indent.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      breakLine(inner, &buffer)
      write(element, &buffer, inner)
    }
    if !elements.isEmpty { breakLine(indent, &buffer) }
    buffer.append(UInt8(ascii: close))
  }

  private static func breakLine(_ indent: Int?, _ buffer: inout [UInt8]) {
    guard let indent else { return }
    buffer.append(UInt8(ascii: "\n"))
    buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
  }

  /// Appends an integer.
  package static func write(_ value: Int, to buffer: inout [UInt8]) {
    guard value >= 0 else { return buffer.append(contentsOf: "\(value)".utf8) }
    let start = buffer.count
    var rest = value
    repeat {
      buffer.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    buffer[start...].reverse()
  }

  /// Appends a string in quotes, escaping only what JSON demands.
  package static func write(_ string: String, to buffer: inout [UInt8]) {
    var string = string
    string.withUTF8 { write(utf8: $0, to: &buffer) }
  }

  /// Appends a text given as UTF-8 likewise.
  package static func write(
    utf8 bytes: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]
  ) {
    buffer.append(UInt8(ascii: "\""))
    writeInner(bytes, to: &buffer)
    buffer.append(UInt8(ascii: "\""))
  }

  /// Appends what stands between the quotes.
  private static func writeInner(
    _ bytes: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]
  ) {
    var start = 0
    while true {
      let end = JSONRun.end(of: bytes, from: start)
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<end]))
      guard end < bytes.count else { return }
      writeEscape(of: bytes[end], to: &buffer)
      start = end + 1
    }
  }

  private static func writeEscape(of byte: UInt8, to buffer: inout [UInt8]) {
    buffer.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x0A: buffer.append(UInt8(ascii: "n"))
    case 0x0D: buffer.append(UInt8(ascii: "r"))
    case 0x09: buffer.append(UInt8(ascii: "t"))
    case 0..<0x20:
      let digits: StaticString = "0123456789abcdef"
      buffer.append(contentsOf: "u00".utf8)
      digits.withUTF8Buffer { digits in
        buffer.append(digits[Int(byte >> 4)])
        buffer.append(digits[Int(byte & 15)])
      }
    default: buffer.append(byte)
    }
  }
}
