/// Fields between a first line and a blank one, as HTTP and WARC write them.
struct MessageHeader {
  /// The first line, such as `HTTP/1.1 200 OK`.
  let start: String
  private let fields: [String: String]
  /// What follows the blank line.
  let body: ArraySlice<UInt8>

  /// Reads a header; what is no field is passed over, as browsers do.
  init(_ bytes: ArraySlice<UInt8>) {
    var fields: [String: String] = [:]
    var start: String?
    var last = ""
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let end = bytes[place...].firstIndex(of: 0x0A) ?? bytes.endIndex
      let line = bytes[place..<end].last == 0x0D ? bytes[place..<end - 1] : bytes[place..<end]
      place = min(end + 1, bytes.endIndex)
      if line.isEmpty { break }
      let text = String(decoding: line, as: UTF8.self)
      if start == nil {
        start = text
      } else if line.first == 0x20 || line.first == 0x09 {
        // A line that begins with a blank goes on with the field before it.
        fields[last]? += " " + Self.trimmed(Substring(text))
      } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
        last = text[..<colon].lowercased()
        fields[last] = fields[last] ?? Self.trimmed(text[text.utf8.index(after: colon)...])
      }
    }
    self.start = start ?? ""
    self.fields = fields
    body = bytes[place...]
  }

  /// The first field of a name, in whatever letters.
  subscript(name: String) -> String? { fields[name.lowercased()] }

  /// The media type of `Content-Type`, in small letters.
  var mediaType: String {
    let type = self["content-type"]?.lowercased() ?? ""
    return Self.trimmed(type.prefix { $0 != ";" })
  }

  /// The character set of `Content-Type`.
  var charset: String? {
    guard let type = self["content-type"]?.lowercased(),
      let range = type.firstRange(of: "charset=")
    else { return nil }
    let name = type[range.upperBound...].drop { $0 == "\"" || $0 == " " || $0 == "'" }
      .prefix { !"\"'; ,".contains($0) }
    return name.isEmpty ? nil : String(name)
  }

  private static func trimmed(_ text: Substring) -> String {
    let blanks: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let bytes = Array(text.utf8.drop(while: blanks))
    let end = bytes.lastIndex { !blanks($0) }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
