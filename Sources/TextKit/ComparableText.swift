public import Records

/// The form of a text in which two spellings of the same text are equal.
///
/// NFKC, folded case, every run of white space one blank, none at the ends. Punctuation stays: two
/// texts that differ in a question mark are two texts.
public enum ComparableText {
  /// The comparable form of a text; ASCII costs one pass over the bytes.
  public static func form(_ text: String) -> String {
    var text = text
    if let plain = text.withUTF8(asciiForm) { return plain }
    return foldedForm(Normalizer(.nfkc).normalize(text))
  }

  /// The words of a comparable form, without punctuation; the form itself where it has no words.
  ///
  /// Two texts that differ in a question mark are one here.
  public static func words(ofForm form: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(form.utf8.count)
    for scalar in form.unicodeScalars {
      if scalar == " " || scalar == "\u{1}" {
        let mark = UInt8(scalar.value)
        if let last = result.last, last != mark { result.append(mark) }
      } else if WordClass(scalar) != .other {
        append(scalar, to: &result)
      }
    }
    while let last = result.last, last == 0x20 || last == 1 { result.removeLast() }
    return result.isEmpty ? form : String(decoding: result, as: UTF8.self)
  }

  /// The comparable form of what a record asks: its text, or what the user's side says.
  ///
  /// Two records with one question and two answers are equal here, because a model that trained on
  /// the one would be tested on a question it has seen. A record with no user's side stands with
  /// all its texts.
  public static func form(ofInputsOf record: Record) -> String {
    let asked = inputs.lazy.map { record.fields($0) }.first { !$0.isEmpty }
    // U+0001 keeps "a" + "b c" apart from "a b" + "c"; no text holds it after `form`.
    return (asked ?? record.fields(.all)).map { form($0.text) }.joined(separator: "\u{1}")
  }

  /// The texts that say what a record asks, the first that names any.
  private static let inputs = ["text", "messages[user]"].compactMap { Selector($0) }

  /// The form of a text of ASCII alone, nil where other characters stand.
  private static func asciiForm(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
    return String(unsafeUninitializedCapacity: bytes.count) { buffer in
      var count = 0
      for byte in bytes {
        if isSpace(UInt32(byte)) {
          // A blank is written once, and taken back if it turns out to be the last.
          guard count > 0, buffer[count - 1] != 0x20 else { continue }
          buffer[count] = 0x20
        } else {
          buffer[count] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        count += 1
      }
      return count > 0 && buffer[count - 1] == 0x20 ? count - 1 : count
    }
  }

  // Bytes are collected, as appending scalars to a string copies it again and again.
  private static func foldedForm(_ text: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    var pendingBlank = false
    for scalar in text.unicodeScalars {
      if isSpace(scalar.value) || scalar.value > 0x7F && scalar.properties.isWhitespace {
        pendingBlank = true
        continue
      }
      if pendingBlank, !result.isEmpty { result.append(0x20) }
      pendingBlank = false
      appendFolded(scalar, to: &result)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Appends a character in folded case: the lower case of its upper case, so that ß meets SS.
  private static func appendFolded(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
    let value = scalar.value
    if value < 0x80 {
      return result.append((0x41...0x5A).contains(value) ? UInt8(value) | 0x20 : UInt8(value))
    }
    let isCaseless = (0x2E80...0xA63F).contains(value)
    guard !isCaseless, scalar.properties.changesWhenCaseFolded else {
      return append(scalar, to: &result)
    }
    for upper in scalar.properties.uppercaseMapping.unicodeScalars {
      result.append(contentsOf: upper.properties.lowercaseMapping.utf8)
    }
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
    result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  /// White space below U+0080, and the control characters that stand for it.
  private static func isSpace(_ value: UInt32) -> Bool { value == 0x20 || value < 0x20 }
}
