import Foundation

/// `Precompiled`: sentencepiece's character map, applied the way Hugging Face applies it.
///
/// A grapheme cluster of up to five bytes that begins with a known sequence is replaced as a whole, even
/// where the rest of it is lost; longer clusters, and those that begin with nothing known, are replaced
/// scalar by scalar. The shortest known sequence counts. None of this is what sentencepiece does.
struct Precompiled: Normalizer, FileComponent {
  static let typeName = "Precompiled"
  private let map: CharacterMap
  /// Whether each ASCII character stays as it is where no mark follows it.
  private let isKept: [Bool]
  /// A bit for each scalar of up to three bytes that stands alone and stays as it is.
  private let keptAlone: [UInt64]
  private static let longestCluster = 5

  init(from reader: ComponentReader) throws(TokenizerError) {
    let field = try reader.required("precompiled_charsmap")
    guard let data = Data(base64Encoded: try field.string()), let map = CharacterMap(Array(data))
    else { throw field.malformed("the character map is not in base64 or cut off") }
    self.map = map
    isKept = (UInt8(0)..<128).map { byte in
      // A carriage return and a line feed are one cluster.
      byte != 0x0D
        && map.match(ByteRange(0, 1), of: [byte].span, takesLongest: false)?.replacement
          ?? [byte] == [byte]
    }
    keptAlone = Self.keptAlone(by: map)
  }

  private static func keptAlone(by map: CharacterMap) -> [UInt64] {
    var bits = [UInt64](repeating: 0, count: 1 << 10)
    for scalar in UInt32(0x80)...0xFFFF where GraphemeClusters.standsAlone(scalar) {
      var bytes: [UInt8] = []
      UTF8Scalars.append(scalar, to: &bytes)
      if map.match(ByteRange(0, bytes.count), of: bytes.span, takesLongest: false) == nil {
        bits[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63)
      }
    }
    return bits
  }

  func normalize(_ text: inout AlignedText) {
    if keptEnd(text.bytes, from: 0) == text.bytes.count { return }
    if !text.tracks {
      text.bytes = text.bytes.withUnsafeBufferPointer { normalized($0) }
      return
    }
    let (written, isChanged) = changes(of: text.bytes)
    guard isChanged else { return }
    text.rewrite { rewriter in
      for item in written {
        if item.change > 0 {
          rewriter.insert(item.scalar)
        } else {
          rewriter.replace(with: item.scalar, reading: 1 - item.change)
        }
      }
    }
  }

  /// Whether spaces and visible ASCII characters without marks stay as they are, and no more than a mark changes
  /// behind a space.
  var keepsVisibleASCII: Bool {
    isKept[0x20...0x7E].allSatisfy { $0 } && !map.hasKeys(beginningWith: 0x20)
  }

  /// The end of the run of ASCII characters that stay as they are, none of which a mark follows.
  private func keptEnd(_ bytes: [UInt8], from start: Int) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      isKept.withUnsafeBufferPointer { isKept in
        var place = start
        while place < bytes.count, bytes[place] < 0x80, isKept[Int(bytes[place])] { place += 1 }
        // What stands behind the last one may belong to it.
        return place < bytes.count && place > start ? place - 1 : place
      }
    }
  }

  /// The end of the run of characters that stay as they are, none of which anything behind it belongs to.
  private func keptRunEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    isKept.withUnsafeBufferPointer { isKept in
      keptAlone.withUnsafeBufferPointer { keptAlone in
        var place = start
        var last = start
        while place < bytes.count {
          let byte = bytes[place]
          if byte < 0x80 {
            guard isKept[Int(byte)] else { return last }
            last = place
            place += 1
          } else {
            let (scalar, length) = UTF8Scalars.decode(bytes.span, at: place)
            guard scalar <= 0xFFFF,
              keptAlone[Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 == 1
            else { return last }
            last = place
            place += length
          }
        }
        return place
      }
    }
  }

  /// Some bytes, and behind them a text without regard to where its parts come from.
  func normalized(_ bytes: UnsafeBufferPointer<UInt8>, behind prefix: [UInt8] = []) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(prefix.count + bytes.count + 16)
    result += prefix
    let span = bytes.span
    var place = 0
    while place < bytes.count {
      let kept = keptRunEnd(bytes, from: place)
      if kept > place { result += bytes[place..<kept] }
      if kept == bytes.count { break }
      let end = GraphemeClusters.end(in: span, from: kept)
      append(ByteRange(kept, end), of: span, to: &result)
      place = end
    }
    return result
  }

  /// Appends what becomes of a cluster.
  private func append(
    _ cluster: ByteRange, of bytes: borrowing Span<UInt8>, to result: inout [UInt8]
  ) {
    if cluster.indices.count <= Self.longestCluster,
      let match = map.match(cluster, of: bytes, takesLongest: false)
    {
      result += match.replacement
      return
    }
    var place = Int(cluster.start)
    while place < Int(cluster.end) {
      let length = UTF8Scalars.length(leadByte: bytes[place])
      let part = ByteRange(place, place + length)
      // Of a cluster of one scalar it is known that nothing matches.
      let isWhole = length == cluster.indices.count
      if !isWhole, let match = map.match(part, of: bytes, takesLongest: false) {
        result += match.replacement
      } else {
        for index in part.indices { result.append(bytes[index]) }
      }
      place += length
    }
  }

  /// A scalar of the result, and how Hugging Face counts it: as `FormScalar` has it.
  private struct Change {
    var scalar: UInt32
    var change: Int
  }

  /// The scalars of the result, and whether any of them or their number is another than before.
  private func changes(of text: [UInt8]) -> ([Change], isChanged: Bool) {
    let bytes = text.span
    var isChanged = false
    var changes: [Change] = []
    changes.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let kept = keptEnd(text, from: place)
      while place < kept {
        changes.append(Change(scalar: UInt32(bytes[place]), change: 0))
        place += 1
      }
      if place == bytes.count { break }
      let end = GraphemeClusters.end(in: bytes, from: place)
      let cluster = ByteRange(place, end)
      if end - place <= Self.longestCluster,
        let match = map.match(cluster, of: bytes, takesLongest: false)
      {
        append(match.replacement, for: cluster, bytes, &changes)
        isChanged = true
        place = end
      }
      while place < end {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
        let part = ByteRange(place, place + length)
        if let match = map.match(part, of: bytes, takesLongest: false) {
          append(match.replacement, for: part, bytes, &changes)
          isChanged = true
        } else {
          changes.append(Change(scalar: scalar, change: 0))
        }
        place += length
      }
    }
    return (changes, isChanged)
  }

  private func append(
    _ replacement: ArraySlice<UInt8>, for part: ByteRange, _ bytes: borrowing Span<UInt8>,
    _ changes: inout [Change]
  ) {
    var old = 0
    for index in part.indices where !UTF8Scalars.isContinuation(bytes[index]) { old += 1 }
    let scalars = String(decoding: replacement, as: UTF8.self).unicodeScalars
    for (index, scalar) in scalars.enumerated() {
      // What is more than before is inserted behind.
      changes.append(Change(scalar: scalar.value, change: index < old ? 0 : 1))
    }
    // What is less goes with the scalar written last, whichever that is; at the beginning there is none, and all
    // that follows stems from what is one scalar too early.
    if scalars.count < old, let last = changes.indices.last {
      changes[last].change += scalars.count - old
    }
  }
}
