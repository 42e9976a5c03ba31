/// Strings of UTF-8, one behind the other in one buffer.
struct StringList: Sendable {
  /// The bytes of all strings.
  let bytes: [UInt8]
  /// Where each string begins; one element more than there are strings.
  let starts: [Int32]

  /// The number of strings.
  var count: Int { starts.count - 1 }

  /// The bytes of a string.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index).indices] }

  /// Where some neighbours lie in `bytes`.
  @inline(__always)
  func range(_ first: Int, count: Int = 1) -> ByteRange {
    ByteRange(Int(starts[first]), Int(starts[first + count]))
  }
}

extension StringList {
  /// The strings of several lists, or nil where they are too long for 31 bits.
  init?(joining lists: [StringList]) {
    if lists.count == 1 {
      self = lists[0]
      return
    }
    let size = lists.reduce(0) { $0 + $1.bytes.count }
    guard size < Int32.max else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var starts: [Int32] = []
    starts.reserveCapacity(lists.reduce(1) { $0 + $1.count })
    for list in lists {
      let shift = Int32(truncatingIfNeeded: bytes.count)
      starts += list.starts.dropLast().lazy.map { $0 + shift }
      bytes += list.bytes
    }
    starts.append(Int32(truncatingIfNeeded: bytes.count))
    self.init(bytes: bytes, starts: starts)
  }
}

/// Writes a `StringList`.
struct StringListBuilder: ~Copyable {
  private var bytes = RawBuffer<UInt8>(capacity: 1 << 16)
  private var starts = RawBuffer<Int32>(capacity: 1 << 12)
  /// Whether every string so far began with a whole character.
  private var beginsWhole = true

  init() { starts.append(0) }

  /// The number of strings.
  var count: Int { starts.count - 1 }

  /// Adds bytes to the string at work.
  @inline(__always)
  mutating func add(_ more: UnsafeBufferPointer<UInt8>) {
    guard let source = more.baseAddress else { return }
    bytes.reserve(more.count)
    bytes.next.update(from: source, count: more.count)
    bytes.advance(more.count)
  }

  /// Adds a few bytes to the string at work, which 16 may be read of.
  @inline(__always)
  mutating func add(few source: UnsafePointer<UInt8>, count: Int) {
    precondition(count <= 16, "\(count) bytes are not few")
    bytes.reserve(16)
    let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(bytes.next))
    to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
    to.storeBytes(
      of: from.loadUnaligned(fromByteOffset: 8, as: UInt64.self), toByteOffset: 8, as: UInt64.self)
    bytes.advance(count)
  }

  /// Adds a text to the string at work.
  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add($0) }
  }

  /// Adds a byte to the string at work.
  @inline(__always)
  mutating func add(_ byte: UInt8) { bytes.append(byte) }

  /// Ends the string at work.
  @inline(__always)
  mutating func endString() {
    let start = Int(starts.base[starts.count - 1])
    if start < bytes.count, UTF8Scalars.isContinuation(bytes.base[start]) { beginsWhole = false }
    starts.append(Int32(truncatingIfNeeded: bytes.count))
  }

  /// Forgets the string at work.
  mutating func dropString() { bytes.truncate(to: Int(starts.base[starts.count - 1])) }

  /// Ends two strings: what stands before and behind the one space in the string at work; false where there is
  /// another number of spaces.
  @inline(__always)
  mutating func splitAtSpace() -> Bool {
    let start = Int(starts.base[starts.count - 1])
    let work = UnsafeMutableBufferPointer(start: bytes.base + start, count: bytes.count - start)
    guard let space = work.firstIndex(of: 0x20), !work[(space + 1)...].contains(0x20) else {
      return false
    }
    for place in space..<work.count - 1 { work[place] = work[place + 1] }
    bytes.truncate(to: bytes.count - 1)
    let end = bytes.count
    bytes.truncate(to: start + space)
    endString()
    bytes.advance(end - bytes.count)
    endString()
    return true
  }

  /// The strings, or nil where one is not valid UTF-8 or all of them are too long for 31 bits.
  consuming func list() -> StringList? {
    // Together they are valid, and none begins inside a character: so each is valid by itself.
    beginsWhole && bytes.isUTF8 ? byteList() : nil
  }

  /// The strings, which may be any bytes; nil where they are too long for 31 bits.
  consuming func byteList() -> StringList? {
    bytes.count < Int32.max ? StringList(bytes: bytes.array(), starts: starts.array()) : nil
  }
}

extension RawBuffer where Element == UInt8 {
  /// Whether the bytes are valid UTF-8.
  fileprivate var isUTF8: Bool {
    (try? UTF8Span(validating: UnsafeBufferPointer(start: base, count: count).span)) != nil
  }
}
