/// What a browser asks for: the parts of an HTTP/1.1 request that a page of runs needs.
package struct HTTPRequest: Sendable, Equatable {
  package let method: String
  /// The path without the query, still percent-encoded.
  package let target: String
  /// The value of `Host`, in lower case.
  package let host: String

  /// Reads the head of a request; nil where it is none.
  package init?(head: [UInt8]) {
    guard let text = String(validating: head, as: UTF8.self) else { return nil }
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
    guard words.count == 3, words[1].hasPrefix("/"), words[2].hasPrefix("HTTP/1.") else {
      return nil
    }
    method = String(words[0])
    target = String(words[1].prefix { $0 != "?" && $0 != "#" })
    let field = lines.dropFirst().first { $0.lowercased().hasPrefix("host:") }
    host = String(field?.dropFirst(5).drop { $0 == " " } ?? "").lowercased()
  }

  /// The parts of the path, percent signs decoded; nil where a part is no text, or no name of a file.
  package var parts: [String]? {
    var parts: [String] = []
    for part in target.split(separator: "/") {
      guard let name = Self.decoded(part), !name.contains("/"), !name.contains("\0"),
        name != ".", name != ".."
      else { return nil }
      parts.append(name)
    }
    return parts
  }

  private static func decoded(_ part: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(part.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// What is sent back.
package struct HTTPResponse: Sendable, Equatable {
  package let status: Int
  package let type: String
  package let body: [UInt8]

  /// A response of a kind of content.
  package init(status: Int = 200, type: String, body: String) {
    self.status = status
    self.type = type
    self.body = Array(body.utf8)
  }

  /// A page of HTML.
  package static func page(_ html: String) -> HTTPResponse {
    HTTPResponse(type: "text/html; charset=utf-8", body: html)
  }

  /// A line of text that says what is wrong.
  package static func failure(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(status: status, type: "text/plain; charset=utf-8", body: text + "\n")
  }

  private static let words = [
    200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 421: "Misdirected Request",
    431: "Request Header Fields Too Large", 500: "Internal Server Error",
  ]

  /// The bytes on the wire; of a HEAD request, without the body.
  ///
  /// Nothing may be loaded from elsewhere, run from within the page, framed or kept.
  package func bytes(headOnly: Bool = false) -> [UInt8] {
    let head = """
      HTTP/1.1 \(status) \(Self.words[status] ?? "Error")\r
      Content-Type: \(type)\r
      Content-Length: \(body.count)\r
      Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; \
      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
      X-Content-Type-Options: nosniff\r
      Referrer-Policy: no-referrer\r
      Cache-Control: no-store\r
      Connection: close\r
      \r

      """
    return Array(head.utf8) + (headOnly ? [] : body)
  }
}
