/// Finds keys and tokens by the marks their makers put on them.
enum SecretKey {
  /// A mark, how many characters follow, and whether hyphens and low lines are among them.
  private struct Form {
    let mark: StaticString
    let length: ClosedRange<Int>
    var allowsMarks = false
    var isUpper = false
  }

  private static let forms = [
    Form(mark: "AKIA", length: 16...16, isUpper: true),
    Form(mark: "ASIA", length: 16...16, isUpper: true),
    Form(mark: "ghp_", length: 36...36), Form(mark: "gho_", length: 36...36),
    Form(mark: "ghu_", length: 36...36), Form(mark: "ghs_", length: 36...36),
    Form(mark: "ghr_", length: 36...76),
    Form(mark: "github_pat_", length: 22...255, allowsMarks: true),
    Form(mark: "glpat-", length: 20...64, allowsMarks: true),
    Form(mark: "sk_live_", length: 16...255), Form(mark: "rk_live_", length: 16...255),
    Form(mark: "sk-", length: 20...255, allowsMarks: true),
    Form(mark: "xoxb-", length: 10...255, allowsMarks: true),
    Form(mark: "xoxp-", length: 10...255, allowsMarks: true),
    Form(mark: "xoxa-", length: 10...255, allowsMarks: true),
    Form(mark: "AIza", length: 35...35, allowsMarks: true),
    Form(mark: "hf_", length: 30...40), Form(mark: "npm_", length: 36...36),
    Form(mark: "sk_test_", length: 16...255), Form(mark: "rk_test_", length: 16...255),
    Form(mark: "pypi-AgE", length: 50...255, allowsMarks: true),
    Form(mark: "xoxs-", length: 10...255, allowsMarks: true),
    Form(mark: "xapp-", length: 20...255, allowsMarks: true),
    Form(mark: "GOCSPX-", length: 28...28, allowsMarks: true),
    Form(mark: "shpat_", length: 32...32), Form(mark: "dop_v1_", length: 64...64),
    Form(mark: "gsk_", length: 52...52), Form(mark: "r8_", length: 37...37),
  ]

  /// The forms by the first character of their mark.
  private static let formsByFirst = (0..<0x80).map { first in
    forms.filter { $0.mark.withUTF8Buffer { Int($0[0]) == first } }
  }

  static func end(in text: ByteText, at place: Int, _ memory: inout StretchMemory) -> Int? {
    if text.has("-----BEGIN ", at: place) { return blockEnd(in: text, at: place, &memory) }
    if text.has("eyJ", at: place) { return tokenEnd(in: text, at: place, &memory) }
    for form in formsByFirst[Int(text[place] & 0x7F)] where text.has(form.mark, at: place) {
      if let end = end(of: form, in: text, at: place + form.mark.utf8CodeUnitCount) { return end }
    }
    if text.has("SG.", at: place) { return mailKeyEnd(text, place) }
    // An address may have all characters of a secret, and these have been read.
    let stretch = EmailAddress.stretch(in: text, at: place, &memory).end
    return stretch - place < secretLength ? nil : secretEnd(in: text, at: place)
  }

  /// SendGrid's keys: two parts of 22 and 43 characters.
  private static func mailKeyEnd(_ text: ByteText, _ place: Int) -> Int? {
    let first = partEnd(text, place + 3)
    guard first - place == 25, text[first] == UInt8(ascii: ".") else { return nil }
    let end = partEnd(text, first + 1)
    return end - first == 44 ? end : nil
  }

  private static let secretLength = 40

  /// The secret half of an AWS key: characters of base64 behind a name that says `secret`.
  private static func secretEnd(in text: ByteText, at place: Int) -> Int? {
    let end = text.end(from: place, atMost: secretLength + 1) {
      text.isAlphanumeric($0) || text[$0] == UInt8(ascii: "+") || text[$0] == UInt8(ascii: "/")
    }
    guard end - place == secretLength, (place..<end).contains(where: { text.isUpper($0) }),
      (place..<end).contains(where: { text.isDigit($0) })
    else { return nil }
    let start = text.start(before: place, atMost: 32) { text[$0] != 0x0A }
    let before = String(decoding: text.bytes[start..<place], as: UTF8.self).lowercased()
    return before.contains("secret") ? end : nil
  }

  private static func end(of form: Form, in text: ByteText, at place: Int) -> Int? {
    let end = text.end(from: place, atMost: form.length.upperBound + 1) {
      form.isUpper
        ? text.isUpper($0) || text.isDigit($0)
        : text.isAlphanumeric($0) || form.allowsMarks && (text[$0] == 0x2D || text[$0] == 0x5F)
    }
    // Words with hyphens have no digits: sk-learn-compatible-estimators.
    let isRandom = form.isUpper || (place..<end).contains { text.isDigit($0) }
    return form.length.contains(end - place) && isRandom && !text.isAlphanumeric(end) ? end : nil
  }

  /// A private key in PEM, to the line that ends it; without one, to the end of its lines.
  private static func blockEnd(
    in text: ByteText, at place: Int, _ memory: inout StretchMemory
  ) -> Int? {
    // The longest name of a kind of key is far shorter.
    let line = text.end(from: place, atMost: 80) { text[$0] != 0x0A }
    guard text.bytes[place..<line].firstRange(of: Array("PRIVATE KEY-----".utf8)) != nil else {
      return nil
    }
    if !memory.lacksKeyEnd, let end = footerEnd(in: text, from: place) { return end }
    memory.lacksKeyEnd = true
    return text.end(from: place) {
      text.isAlphanumeric($0) || [0x2B, 0x2F, 0x3D, 0x2D, 0x0A, 0x0D, 0x20].contains(text[$0])
    }
  }

  /// The end of the first line from a place on that ends a private key.
  private static func footerEnd(in text: ByteText, from place: Int) -> Int? {
    text.bytes[place...].firstRange(of: Array("-----END ".utf8)).flatMap {
      text.bytes[$0.upperBound...].firstRange(of: Array("PRIVATE KEY-----".utf8))?.upperBound
    }
  }

  /// The fewest characters of a part of a token.
  private static let shortestPart = 10

  /// A JSON Web Token: three parts in base64url.
  private static func tokenEnd(
    in text: ByteText, at place: Int, _ memory: inout StretchMemory
  ) -> Int? {
    let first = memory.token.at(place) { place in
      let end = partEnd(text, place)
      return (end, laterPart(text, end).flatMap { laterPart(text, $0) })
    }
    return first.end - place >= shortestPart ? first.result : nil
  }

  private static func partEnd(_ text: ByteText, _ place: Int) -> Int {
    text.end(from: place) { text.isAlphanumeric($0) || text[$0] == 0x2D || text[$0] == 0x5F }
  }

  /// The end of a full stop and a part behind it.
  private static func laterPart(_ text: ByteText, _ place: Int) -> Int? {
    guard text[place] == UInt8(ascii: ".") else { return nil }
    let end = partEnd(text, place + 1)
    return end - place > shortestPart ? end : nil
  }
}
