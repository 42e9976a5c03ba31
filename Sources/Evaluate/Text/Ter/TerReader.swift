/// Reads segments as numbered words in Tercom's way.
struct TerReader {
  private let ter: Ter
  private var interner = TokenInterner()
  private var western = WesternText()
  private var text: [UInt8] = []
  private var next: [UInt8] = []

  init(_ ter: Ter) { self.ter = ter }

  /// Begins a record: numbers given before it may lose their meaning.
  mutating func beginRecord() { interner.trim() }

  /// Replaces `tokens` by those of a segment.
  ///
  /// sacreBLEU rewrites references twice, which matters where the first time made blanks: of `it's.` the
  /// second time splits off `'s`.
  mutating func read(
    _ segment: UnsafeBufferPointer<UInt8>, isReference: Bool, into tokens: inout [UInt32]
  ) {
    tokens.removeAll(keepingCapacity: true)
    begin(segment)
    rewrite()
    if isReference, ter.normalized {
      squeeze()
      rewrite()
    }
    text.withUnsafeBufferPointer { text in
      PythonText.forEachWord(text) {
        tokens.append(interner.id(of: UnsafeBufferPointer(rebasing: text[$0])))
      }
    }
  }

  /// Takes a segment over, in small letters unless capitals differ.
  private mutating func begin(_ segment: UnsafeBufferPointer<UInt8>) {
    let line = UnsafeBufferPointer(rebasing: segment[..<PythonText.trimmedEnd(segment)])
    if ter.caseSensitive {
      text.removeAll(keepingCapacity: true)
      text.append(contentsOf: line)
    } else {
      PythonLowercase.lower(line, into: &text)
    }
  }

  /// Puts one blank between words.
  private mutating func squeeze() {
    next.removeAll(keepingCapacity: true)
    text.withUnsafeBufferPointer { text in
      PythonText.forEachWord(text) {
        if !next.isEmpty { next.append(0x20) }
        next.append(contentsOf: text[$0])
      }
    }
    swap(&text, &next)
  }

  /// Sets punctuation apart and leaves it out, where asked.
  private mutating func rewrite() {
    if ter.normalized {
      Rewriting.tercom(&text)
      text.withUnsafeBufferPointer { western.begin($0, before: true, after: true) }
      western.separatePossessives()
      western.separateStops()
      swap(&text, &western.text)
      if ter.asianSupport {
        rewriteScalars { Self.isAsian($0) || Self.isWideMark($0) ? .apart : .as }
      }
    }
    if ter.noPunctuation {
      text.removeAll { Self.marks.contains($0) }
      if ter.asianSupport { rewriteScalars { Self.isWideMark($0) ? .removed : .as } }
    }
  }

  /// What becomes of a character: it stays as it is, gets blanks around it, or goes.
  private enum Fate {
    case `as`
    case apart
    case removed
  }

  private mutating func rewriteScalars(_ fate: (UInt32) -> Fate) {
    next.removeAll(keepingCapacity: true)
    text.withUnsafeBufferPointer { text in
      PythonText.forEachScalar(text) { value, range in
        switch fate(value) {
        case .as: next.append(contentsOf: text[range])
        case .removed: break
        case .apart:
          next.append(0x20)
          next.append(contentsOf: text[range])
          next.append(0x20)
        }
      }
    }
    swap(&text, &next)
  }

  private static let marks: [UInt8] = Array(".,?:;!\"()".utf8)

  /// Chinese characters and their parts.
  ///
  /// One of sacreBLEU's ranges is meant to end at U+32FF and ends at U+3F22, within another. Its rules
  /// for kana ask for the text's start, where the blank put there stands, and so never apply.
  private static func isAsian(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x2E80: false
    case 0x2E80...0x2EFF, 0x31C0...0x31EF, 0x3200...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
      0xFE30...0xFE4F:
      true
    default: false
    }
  }

  /// Punctuation of Chinese and Japanese, and of ASCII in full width.
  private static func isWideMark(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x3001: false
    case 0x3001, 0x3002, 0x3008...0x3011, 0x3014...0x301F, 0xFF61...0xFF65, 0x30FB: true
    case 0xFF0E, 0xFF0C, 0xFF1F, 0xFF1A, 0xFF1B, 0xFF01, 0xFF02, 0xFF08, 0xFF09: true
    default: false
    }
  }
}
