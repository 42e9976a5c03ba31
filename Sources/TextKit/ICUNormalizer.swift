internal import CICU
public import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One of the four normalization forms of Unicode (Unicode Standard Annex 15).
public enum NormalizationForm: String, Sendable, Hashable, ChoiceValue {
  /// Composed: e and a combining accent become é.
  case nfc = "NFC"
  /// Decomposed: é becomes e and a combining accent.
  case nfd = "NFD"
  /// Composed, and compatibility characters replaced: ﬁ becomes fi, Ａ becomes A, ① becomes 1.
  case nfkc = "NFKC"
  /// Decomposed, and compatibility characters replaced.
  case nfkd = "NFKD"
}

/// Unicode normalization by ICU.
public struct Normalizer: Sendable {
  /// The form that texts are brought into.
  public let form: NormalizationForm

  /// A normalizer to a form.
  public init(_ form: NormalizationForm) { self.form = form }

  /// The text in this normalization form.
  ///
  /// ASCII costs one pass over the bytes; a text that needs no change is returned as it is.
  public func normalize(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in changed(bytes) { String(decoding: $0, as: UTF8.self) } } ?? text
  }

  /// Appends a text given as UTF-8 in this form; false, with nothing appended, for one that is in it.
  package func normalize(_ bytes: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]) -> Bool {
    changed(bytes) { buffer.append(contentsOf: $0) } != nil
  }

  /// Whether the text already is in this form.
  public func isNormalized(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in changed(bytes) { _ in } } == nil
  }

  /// Whether bytes of UTF-8 are sure to be in this form, whatever part of a text they are; false where
  /// only a look at how characters combine could tell.
  public func leaves(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { form.isInert(bytes) }

  /// What `body` makes of the normalized text, or nil where nothing changes.
  private func changed<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result? {
    guard !form.isInert(bytes) else { return nil }
    precondition(bytes.count < Int32.max / 3, "a text of \(bytes.count) bytes is too long for ICU")
    var normal: UnsafeMutablePointer<UInt8>?
    var length: Int32 = 0
    let code = anneal_icu_normalize(
      form.code, bytes.baseAddress, Int32(bytes.count), &normal, &length)
    precondition(code >= 0, "ICU could not normalize a text of \(bytes.count) bytes")
    guard code == 1, let normal else { return nil }
    defer { free(normal) }
    let text = UnsafeBufferPointer(start: normal, count: Int(length))
    // The quick check can only say "perhaps"; the bytes decide.
    return text.elementsEqual(bytes) ? nil : body(text)
  }
}

extension NormalizationForm {
  fileprivate func isInert(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let limit = inertBelow
    let raw = UnsafeRawBufferPointer(bytes)
    var place = 0
    while place < bytes.count {
      // Eight bytes at a time up to the first that is no ASCII.
      while place + 8 <= bytes.count,
        raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      { place += 8 }
      guard place < bytes.count else { return true }
      if bytes[place] < limit {
        place += 1
      } else {
        guard place + 2 < bytes.count, bytes[place] & 0xF0 == 0xE0 else { return false }
        let low = UInt32(bytes[place + 1] & 0x3F) << 6 | UInt32(bytes[place + 2] & 0x3F)
        guard isInert(UInt32(bytes[place] & 0x0F) << 12 | low) else { return false }
        place += 3
      }
    }
    return true
  }

  /// Whether a character of three bytes is one of the frequent ones that this form leaves alone, and
  /// with which nothing before it can combine.
  private func isInert(_ scalar: UInt32) -> Bool {
    switch scalar {
    // Chinese characters, and punctuation of Chinese and Japanese.
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x3001...0x3029: true
    // Kana and syllables of Hangul, which the decomposed forms take apart.
    case 0x3041...0x3096, 0x30A1...0x30FA, 0x30FC, 0xAC00...0xD7A3: self == .nfc || self == .nfkc
    // Dashes and quotes; the compatibility forms change some, and all of full width.
    case 0x2010...0x2027, 0x2030...0x203B, 0xFF01...0xFF5E: self == .nfc || self == .nfd
    case 0x2012...0x2016, 0x2018...0x2023: true
    default: false
    }
  }

  fileprivate var code: Int32 {
    switch self {
    case .nfc: Int32(ANNEAL_NFC)
    case .nfd: Int32(ANNEAL_NFD)
    case .nfkc: Int32(ANNEAL_NFKC)
    case .nfkd: Int32(ANNEAL_NFKD)
    }
  }

  /// Texts whose bytes are all below this are normalized as they stand.
  ///
  /// Nothing below U+0300 composes with what stands before it, so NFC leaves all of it alone.
  private var inertBelow: UInt8 { self == .nfc ? 0xCC : 0x80 }
}
