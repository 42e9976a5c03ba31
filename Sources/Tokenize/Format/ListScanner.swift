/// Reads the long lists of a tokenizer.json without making values of them.
///
/// Every method says false, or nil, at the first thing that it does not expect. Whoever calls then reads the file
/// in the general way, which accepts all that is JSON and knows what to say about the rest.
///
/// The bytes outlive the scanner, and nobody writes to them, so that copies may read them on several threads; every
/// read stands behind a comparison of its place with their end.
struct ListScanner: @unchecked Sendable {
  private let bytes: UnsafeBufferPointer<UInt8>
  var place: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  /// Whether everything was read.
  var atEnd: Bool { place >= bytes.count }

  /// How many bytes are left.
  var rest: Int { bytes.count - place }

  /// Passes over what is left of a line; false where it is the last one.
  mutating func skipLine() -> Bool {
    guard let end = bytes[place...].firstIndex(of: 0x0A) else { return false }
    place = end + 1
    return true
  }

  /// The byte to read next, behind white space; 0 at the end.
  @inline(__always)
  mutating func next() -> UInt8 {
    while place < bytes.count {
      let byte = bytes[place]
      if byte > 0x20 { return byte }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return 0 }
      place += 1
    }
    return 0
  }

  /// Passes over one sign, if it is what stands next.
  @inline(__always)
  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard next() == UInt8(ascii: sign) else { return false }
    place += 1
    return true
  }

  /// Reads a string and adds its bytes to the one at work.
  @inline(__always)
  mutating func string(to list: inout StringListBuilder) -> Bool {
    take("\"") && stringRest(to: &list)
  }

  /// The same behind the opening quote.
  @inline(__always)
  mutating func stringRest(to list: inout StringListBuilder) -> Bool {
    while true {
      let start = place
      place = runEnd(from: start)
      if place - start <= 16, start + 16 <= bytes.count, let base = bytes.baseAddress {
        list.add(few: base + start, count: place - start)
      } else {
        list.add(UnsafeBufferPointer(rebasing: bytes[start..<place]))
      }
      guard place < bytes.count else { return false }
      if bytes[place] == UInt8(ascii: "\"") {
        place += 1
        return true
      }
      // Other escapes are rare enough for the general way.
      guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count,
        let byte = Self.plain(bytes[place + 1])
      else { return false }
      list.add(byte)
      place += 2
    }
  }

  /// The end of the run of bytes that stand in a string as they are.
  @inline(__always)
  private func runEnd(from start: Int) -> Int {
    var place = start
    while place + 8 <= bytes.count {
      let marks = Self.marks(in: eight(at: place))
      if marks != 0 { return place + marks.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < bytes.count, Self.marks(in: UInt64(bytes[place])) & 0x80 == 0 { place += 1 }
    return place
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// The uppermost bit of each byte that is a quote, a backslash or a control character; one above the lowest may
  /// be wrong, the lowest never is.
  @inline(__always)
  private static func marks(in word: UInt64) -> UInt64 {
    let quotes = word ^ ones &* 0x22
    let backslashes = word ^ ones &* 0x5C
    let control = (word &- ones &* 0x20) & ~word
    let signs = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
    return (control | signs) & (ones &* 0x80)
  }

  /// Eight bytes as one number; the place has as many behind it.
  @inline(__always)
  private func eight(at place: Int) -> UInt64 {
    UInt64(
      littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
        fromByteOffset: place, as: UInt64.self))
  }

  /// Passes over bytes that are the same as earlier ones; false where they are not.
  @inline(__always)
  mutating func takeAgain(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty, range.count <= bytes.count - place else { return false }
    var offset = 0
    while offset + 8 <= range.count {
      if eight(at: range.lowerBound + offset) != eight(at: place + offset) { return false }
      offset += 8
    }
    while offset < range.count {
      if bytes[range.lowerBound + offset] != bytes[place + offset] { return false }
      offset += 1
    }
    place += range.count
    return true
  }

  private static func plain(_ escaped: UInt8) -> UInt8? {
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escaped
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// Reads a whole number below 2²⁴ without sign; what else may be a number is left standing behind it.
  @inline(__always)
  mutating func id() -> Int32? {
    let first = next()
    var value = Int32(first) - 0x30
    guard (0...9).contains(value) else { return nil }
    place += 1
    while place < bytes.count, bytes[place] &- 0x30 < 10 {
      // No number begins with 0 but 0 itself.
      guard value > 0, value < 1 << 21 else { return nil }
      value = value * 10 + Int32(bytes[place] - 0x30)
      place += 1
    }
    return value < 1 << 24 ? value : nil
  }

  /// Passes over a value; what is inside it is not looked at but for strings.
  mutating func skipValue() -> Bool {
    var depth = 0
    repeat {
      switch next() {
      case UInt8(ascii: "\""):
        if !skipString() { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        place += 1
      case 0: return false
      default: place += 1
      }
      if depth == 0, place < bytes.count, ",}]".utf8.contains(next()) { return true }
    } while depth >= 0
    return false
  }

  private mutating func skipString() -> Bool {
    place += 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    place += 1
    return place <= bytes.count
  }

  /// Reads a key and the colon behind it; nil also for keys with escapes.
  mutating func key() -> String? {
    guard take("\"") else { return nil }
    let start = place
    place = runEnd(from: start)
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    let key = String(decoding: bytes[start..<place], as: UTF8.self)
    place += 1
    return take(":") ? key : nil
  }
}
