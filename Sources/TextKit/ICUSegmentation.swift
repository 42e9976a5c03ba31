internal import CICU
import Synchronization

/// A stretch of text between two boundaries.
public struct Segment: Sendable, Hashable {
  /// What a stretch between two word boundaries is.
  public enum Kind: Sendable, Hashable {
    /// Blanks, punctuation, symbols.
    case other
    /// Digits.
    case number
    /// Letters.
    case letters
    /// Han characters and kana; ICU finds the words among them by its dictionary.
    case ideographs
  }

  /// Where it stands, in UTF-8 bytes from the start of the text.
  public let range: Range<Int>
  /// What it is; `other` for anything that is not from a word segmentation.
  public let kind: Kind

  /// Whether it is a word or a number.
  public var isWord: Bool { kind != .other }
}

/// Divides texts at the boundaries Unicode defines (Unicode Standard Annex 29), by ICU.
///
/// Chinese, Japanese, Thai and their like, which write no blanks, are divided by ICU's dictionaries.
public struct Segmentation: Sendable {
  /// What lies between two boundaries.
  public enum Unit: Int32, Sendable, Hashable {
    /// Words, and each stretch of what stands between them.
    case word = 0
    /// Sentences with the blanks that follow them.
    case sentence = 1
    /// What a reader sees as one character.
    case grapheme = 2
  }

  /// What lies between two boundaries.
  public let unit: Unit
  /// The language whose rules hold, such as `de`; empty for the rules that fit all.
  public let locale: String

  /// Divides texts into units.
  public init(_ unit: Unit, locale: String = "") {
    self.unit = unit
    self.locale = locale
  }

  /// The segments in order; together they cover the whole text.
  public func segments(of text: String) -> [Segment] {
    var text = text
    return text.withUTF8 { segments(of: $0) }
  }

  /// The segments of valid UTF-8 in order; together they cover all of it.
  public func segments(of bytes: UnsafeBufferPointer<UInt8>) -> [Segment] {
    precondition(bytes.count < Int32.max, "a text of \(bytes.count) bytes is too long for ICU")
    guard !bytes.isEmpty else { return [] }
    let iterator = BreakPool.shared.take(self)
    defer { BreakPool.shared.put(iterator, self) }
    let code = anneal_icu_breaks_begin(iterator.pointer, bytes.baseAddress, Int32(bytes.count))
    precondition(code == 0, "ICU could not begin a text of \(bytes.count) bytes")
    var segments: [Segment] = []
    segments.reserveCapacity(bytes.count / 4)
    var start = 0
    var status: Int32 = 0
    while case let end = Int(anneal_icu_breaks_next(iterator.pointer, &status)), end > start {
      segments.append(Segment(range: start..<end, kind: kind(status)))
      start = end
    }
    return segments
  }

  /// The texts of the segments in order.
  public func texts(of text: String) -> [Substring] {
    segments(of: text).map { text[text.utf8Range($0.range)] }
  }

  private func kind(_ status: Int32) -> Segment.Kind {
    guard unit == .word else { return .other }
    return switch status {
    case ..<100: .other
    case ..<200: .number
    case ..<300: .letters
    default: .ideographs
    }
  }
}

extension String {
  /// The range between two UTF-8 offsets that lie on boundaries of characters.
  public func utf8Range(_ range: Range<Int>) -> Range<String.Index> {
    let start = utf8.index(startIndex, offsetBy: range.lowerBound)
    return start..<utf8.index(start, offsetBy: range.count)
  }
}

/// Iterators that are open and idle: to open one costs far more than to divide a short text.
private final class BreakPool: Sendable {
  static let shared = BreakPool()

  // Safe: an iterator is used by one thread at a time, the one that took it out of the pool.
  struct Iterator: @unchecked Sendable { let pointer: OpaquePointer }
  private struct Key: Hashable {
    let unit: Segmentation.Unit
    let locale: String
  }

  private let idle = Mutex<[Key: [Iterator]]>([:])

  func take(_ segmentation: Segmentation) -> Iterator {
    let key = Key(unit: segmentation.unit, locale: segmentation.locale)
    if let iterator = idle.withLock({ $0[key]?.popLast() }) { return iterator }
    // An unknown language falls back to the root's rules, so only lack of memory fails here.
    guard let pointer = anneal_icu_breaks_open(key.unit.rawValue, key.locale) else {
      preconditionFailure("ICU has no boundaries for \(key)")
    }
    return Iterator(pointer: pointer)
  }

  /// As many iterators stay open as threads have worked at once.
  func put(_ iterator: Iterator, _ segmentation: Segmentation) {
    let key = Key(unit: segmentation.unit, locale: segmentation.locale)
    idle.withLock { $0[key, default: []].append(iterator) }
  }
}
