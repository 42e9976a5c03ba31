import Records

/// A Parquet file of one column whose numbers say what a test wants them to, sound or not.
///
/// Each number of its headers has a place, counted in the order in which they are written; one of
/// them may be another than the file needs.
struct CraftedFile {
  /// How the column's values are stored, as the format numbers it: 1 is INT32, 2 INT64, 6 bytes.
  var type = 2
  /// What they mean, as the older way of the format numbers it.
  var converted: Int?
  var logical: Int?
  /// The width of fixed values.
  var length = 12
  /// Whether the column is a list, with levels in 1 and 0.
  var isList = false
  var values = 1
  var rows = 1
  var page: [UInt8] = []
  var encoding = 0
  var isVersion2 = false
  /// The bytes of a dictionary and how many values it has.
  var dictionary: (bytes: [UInt8], count: Int)?
  /// The place of a number that is to be another, and what it is to be.
  var twisted: (place: Int, value: Int64)?

  /// The bytes of the file, and how many numbers its headers have.
  var file: (bytes: [UInt8], numbers: Int) {
    var thrift = Thrift(twisted: twisted)
    thrift.bytes = Array("PAR1".utf8)
    if let dictionary {
      thrift.number(1, 2)
      thrift.number(2, dictionary.bytes.count)
      thrift.number(3, dictionary.bytes.count)
      thrift.structure(7) {
        $0.number(1, dictionary.count)
        $0.number(2, 0)
      }
      thrift.end()
      thrift.bytes += dictionary.bytes
    }
    let start = thrift.bytes.count
    writePage(&thrift)
    let end = thrift.bytes.count
    let isPlain = dictionary == nil
    writeFooter(&thrift, data: start, dictionary: isPlain ? nil : 4, size: end - 4)
    let length = UInt32(thrift.bytes.count - end)
    thrift.bytes += (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(8 * $0)) }
    thrift.bytes += Array("PAR1".utf8)
    return (thrift.bytes, thrift.numbers)
  }

  private func writePage(_ thrift: inout Thrift) {
    thrift.number(1, isVersion2 ? 3 : 0)
    thrift.number(2, page.count)
    thrift.number(3, page.count)
    if isVersion2 {
      thrift.structure(8) {
        $0.number(1, values)
        $0.number(2, 0)
        $0.number(3, rows)
        $0.number(4, encoding)
        $0.number(5, 0)
        $0.number(6, 0)
      }
    } else {
      thrift.structure(5) {
        $0.number(1, values)
        $0.number(2, encoding)
        $0.number(3, 3)
        $0.number(4, 3)
      }
    }
    thrift.end()
    thrift.bytes += page
  }

  private func writeFooter(_ thrift: inout Thrift, data: Int, dictionary: Int?, size: Int) {
    thrift.number(1, 1)
    thrift.list(
      2,
      [
        {
          $0.text(4, "schema"); $0.number(5, 1)
        }, writeField,
      ])
    thrift.number(3, rows)
    thrift.list(
      4,
      [
        { group in
          group.list(
            1,
            [
              { column in
                column.structure(3) { chunk in
                  chunk.number(1, type)
                  chunk.texts(3, ["x"])
                  chunk.number(4, 0)
                  chunk.number(5, values)
                  chunk.number(7, size)
                  chunk.number(9, data)
                  if let dictionary { chunk.number(11, dictionary) }
                }
              }
            ])
          group.number(3, rows)
        }
      ])
    thrift.end()
  }

  private func writeField(_ field: inout Thrift) {
    field.number(1, type)
    if type == 7 { field.number(2, length) }
    field.number(3, isList ? 2 : 0)
    field.text(4, "x")
    if let converted { field.number(6, converted) }
    field.number(7, 1)
    if let logical { field.structure(10) { $0.structure(logical) { _ in } } }
  }
}

/// Thrift's compact protocol, written anew here so that it can say what the module's would not.
struct Thrift {
  var bytes: [UInt8] = []
  /// How many numbers were written.
  private(set) var numbers = 0
  private let twisted: (place: Int, value: Int64)?
  private var last = [0]

  init(twisted: (place: Int, value: Int64)?) { self.twisted = twisted }

  mutating func number(_ id: Int, _ value: Int) {
    head(id, 6)
    let value = numbers == twisted?.place ? twisted?.value ?? 0 : Int64(value)
    numbers += 1
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func text(_ id: Int, _ text: String) {
    head(id, 8)
    varint(UInt64(text.utf8.count))
    bytes += Array(text.utf8)
  }

  mutating func texts(_ id: Int, _ texts: [String]) {
    head(id, 9)
    bytes.append(UInt8(texts.count) << 4 | 8)
    for text in texts {
      varint(UInt64(text.utf8.count))
      bytes += Array(text.utf8)
    }
  }

  mutating func structure(_ id: Int, _ write: (inout Thrift) -> Void) {
    head(id, 12)
    last.append(0)
    write(&self)
    last.removeLast()
    bytes.append(0)
  }

  mutating func list(_ id: Int, _ elements: [(inout Thrift) -> Void]) {
    head(id, 9)
    bytes.append(UInt8(elements.count) << 4 | 12)
    for element in elements {
      last.append(0)
      element(&self)
      last.removeLast()
      bytes.append(0)
    }
  }

  /// Ends what stands at the top.
  mutating func end() {
    bytes.append(0)
    last = [0]
  }

  private mutating func head(_ id: Int, _ kind: UInt8) {
    bytes.append(UInt8(id - last[last.count - 1]) << 4 | kind)
    last[last.count - 1] = id
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
