internal import Records

/// What a stage makes of a text, whatever record it is of.
public struct TextChange: Sendable {
  /// Appends what becomes of a text given as UTF-8; false, with nothing appended, where it stays as it is.
  package let append: @Sendable (UnsafeBufferPointer<UInt8>, inout [UInt8]) -> Bool

  /// A change of texts.
  public init(_ change: @escaping @Sendable (String) -> String) {
    append = { bytes, buffer in
      var text = change(String(decoding: bytes, as: UTF8.self))
      return text.withUTF8 { changed in
        guard !changed.hasSameBytes(as: bytes) else { return false }
        buffer.append(contentsOf: changed)
        return true
      }
    }
  }

  /// A change of bytes, which spares making texts of them.
  package init(
    utf8 append: @escaping @Sendable (UnsafeBufferPointer<UInt8>, inout [UInt8]) -> Bool
  ) {
    self.append = append
  }

  /// What becomes of a text.
  public func callAsFunction(_ text: String) -> String {
    var text = text
    var buffer: [UInt8] = []
    let isChanged = text.withUTF8 { append($0, &buffer) }
    return isChanged ? String(decoding: buffer, as: UTF8.self) : text
  }
}
