#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension String {
  /// Whether two texts have the same UTF-8 bytes.
  ///
  /// `==` also holds for texts that Unicode calls equivalent, such as the composed and the decomposed
  /// form of "é", which are different data: a stage that turns one into the other changes a record.
  @inline(__always)
  package func hasSameBytes(as other: String) -> Bool {
    // Most keys that are compared differ in length, which is seen without a call.
    utf8.count == other.utf8.count && hasSameContent(as: other)
  }

  private func hasSameContent(as other: String) -> Bool {
    let (left, right) = (utf8, other.utf8)
    let equal = left.withContiguousStorageIfAvailable { left in
      right.withContiguousStorageIfAvailable { left.hasSameBytes(as: $0) }
    }
    return equal?.flatMap { $0 } ?? left.elementsEqual(right)
  }
}

extension String {
  /// A validated copy: decoding replaces what is not UTF-8, so the copy differs from such bytes.
  ///
  /// `String(validating:as:)` does the same, in twice the time: it is generic, and not specialised.
  init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    self = String(decoding: bytes, as: UTF8.self)
    guard withUTF8({ $0.hasSameBytes(as: bytes) }) else { return nil }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether two buffers hold the same bytes.
  package func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count, let first = baseAddress, let second = other.baseAddress else {
      return count == other.count
    }
    // A text that a stage left alone is the same place in memory.
    if first == second { return true }
    return memcmp(first, second, count) == 0
  }
}

extension Optional<String> {
  /// Whether both are absent or have the same UTF-8 bytes.
  package func hasSameBytes(as other: String?) -> Bool {
    switch (self, other) {
    case (nil, nil): true
    case (let left?, let right?): left.hasSameBytes(as: right)
    default: false
    }
  }
}

/// A text as the key of a table, compared by its bytes.
package struct ByteKey: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: ByteKey, right: ByteKey) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
