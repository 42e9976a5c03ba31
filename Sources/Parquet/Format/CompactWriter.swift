/// Writes Thrift's compact protocol.
struct CompactWriter {
  private(set) var bytes: [UInt8] = []
  /// The number of the field before, in each structure that is open.
  private var last = [0]

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func zigzag(_ value: Int) {
    varint(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)))
  }

  private mutating func head(_ id: Int, _ kind: CompactReader.Kind) {
    let step = id - last[last.count - 1]
    precondition((1...15).contains(step), "field \(id) follows \(last[last.count - 1])")
    bytes.append(UInt8(step) << 4 | kind.rawValue)
    last[last.count - 1] = id
  }

  /// A 32-bit integer.
  mutating func integer(_ id: Int, _ value: Int) {
    head(id, .integer)
    zigzag(value)
  }

  /// A 64-bit integer.
  mutating func long(_ id: Int, _ value: Int) {
    head(id, .long)
    zigzag(value)
  }

  /// A boolean.
  mutating func boolean(_ id: Int, _ value: Bool) { head(id, value ? .yes : .no) }

  /// An 8-bit integer.
  mutating func byte(_ id: Int, _ value: Int8) {
    head(id, .byte)
    bytes.append(UInt8(bitPattern: value))
  }

  /// A text.
  mutating func text(_ id: Int, _ value: String) {
    head(id, .binary)
    element(value)
  }

  /// A text in a list.
  mutating func element(_ value: String) {
    varint(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// An integer in a list.
  mutating func element(_ value: Int) { zigzag(value) }

  /// A structure; `write` writes its fields.
  mutating func structure(_ id: Int, _ write: (inout CompactWriter) -> Void) {
    head(id, .structure)
    element(write)
  }

  /// A structure in a list, or at the top.
  mutating func element(_ write: (inout CompactWriter) -> Void) {
    last.append(0)
    write(&self)
    last.removeLast()
    bytes.append(0)
  }

  /// A list; `write` writes one element.
  mutating func list<Element>(
    _ id: Int, _ kind: CompactReader.Kind, _ elements: [Element],
    _ write: (inout CompactWriter, Element) -> Void
  ) {
    head(id, .list)
    if elements.count < 15 {
      bytes.append(UInt8(elements.count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      varint(UInt64(elements.count))
    }
    for element in elements { write(&self, element) }
  }
}
