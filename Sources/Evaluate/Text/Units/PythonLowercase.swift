/// Small letters as Python's `str.lower()` writes them.
///
/// Unlike `lowercased()` it makes a sigma at a word's end ς.
enum PythonLowercase {
  /// The small letter of each code point that has one; İ, which becomes two, is not among them.
  private static let table: [UInt32] = (0..<0x1E944).map { value in
    guard let scalar = Unicode.Scalar(UInt32(value)) else { return UInt32(value) }
    let properties = scalar.properties
    guard properties.changesWhenLowercased else { return scalar.value }
    return properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value
  }

  /// Writes a text's small letters in place of what `result` held.
  static func lower(_ bytes: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
    result.removeAll(keepingCapacity: true)
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte < 0x80 {
        result.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        place += 1
      } else {
        place += lowerWide(bytes, place, &result)
      }
    }
  }

  /// Writes the small letter of one character beyond ASCII; returns its length.
  private static func lowerWide(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ result: inout [UInt8]
  ) -> Int {
    let (value, length) = PythonText.scalar(bytes, place)
    switch value {
    case 0x3A3:
      PythonText.append(
        isFinal(bytes, place..<place + length) ? 0x3C2 : 0x3C3, to: &result)
    case 0x130:
      // i and a dot above it.
      result += [0x69, 0xCC, 0x87]
    default:
      let table = Self.table
      let small = Int(value) < table.count ? table[Int(value)] : value
      if small == value {
        result.append(contentsOf: bytes[place..<place + length])
      } else {
        PythonText.append(small, to: &result)
      }
    }
    return length
  }

  /// Whether a sigma ends a word: behind a cased letter and before none, marks left aside.
  ///
  /// Neither walk goes past the nearest letter, so that a text of sigmas takes linear time.
  private static func isFinal(_ bytes: UnsafeBufferPointer<UInt8>, _ sigma: Range<Int>) -> Bool {
    var start = sigma.lowerBound
    var isBehindLetter = false
    while start > 0 {
      start -= 1
      while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      guard let scalar = Unicode.Scalar(PythonText.scalar(bytes, start).value),
        !scalar.properties.isCaseIgnorable
      else { continue }
      isBehindLetter = scalar.properties.isCased
      break
    }
    guard isBehindLetter else { return false }
    var end = sigma.upperBound
    while end < bytes.count {
      let (value, length) = PythonText.scalar(bytes, end)
      end += length
      guard let scalar = Unicode.Scalar(value), !scalar.properties.isCaseIgnorable else { continue }
      return !scalar.properties.isCased
    }
    return true
  }
}
