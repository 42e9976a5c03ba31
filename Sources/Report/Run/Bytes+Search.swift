extension ArraySlice<UInt8> {
  /// Whether the bytes of a text, which is not empty, stand among these.
  func holds(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard let first = wanted.first, count >= wanted.count else { return false }
    return withUnsafeBufferPointer { bytes in
      var rest = bytes[...(bytes.count - wanted.count)]
      while let place = rest.firstIndex(of: first) {
        if bytes[place..<place + wanted.count].elementsEqual(wanted) { return true }
        rest = rest[(place + 1)...]
      }
      return false
    }
  }
}
