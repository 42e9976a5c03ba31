import Foundation

/// `Precompiled`: sentencepiece's character map, applied the way Hugging Face applies it.
///
/// A grapheme cluster of up to five bytes that begins with a known sequence is replaced as a whole, even
/// where the rest of it is lost; longer clusters, and those that begin with nothing known, are replaced
/// scalar by scalar. The shortest known sequence counts. None of this is what sentencepiece does.
struct Precompiled: Normalizer, FileComponent {
  static let typeName = "Precompiled"
  private let map: CharacterMap
  private static let longestCluster = 5

  init(from reader: ComponentReader) throws(TokenizerError) {
    let field = try reader.required("precompiled_charsmap")
    guard let data = Data(base64Encoded: try field.string()), let map = CharacterMap(Array(data))
    else { throw field.malformed("the character map is not in base64 or cut off") }
    self.map = map
  }

  func normalize(_ text: inout AlignedText) {
    let changes = changes(of: text.bytes.span)
    guard changes.contains(where: \.isChange) else { return }
    text.rewrite { rewriter in
      for item in changes {
        if item.change > 0 {
          rewriter.insert(item.scalar)
        } else {
          rewriter.replace(with: item.scalar, reading: 1 - item.change)
        }
      }
    }
  }

  /// A scalar of the result, and how Hugging Face counts it: as `FormScalar` has it.
  private struct Change {
    var scalar: UInt32
    var change: Int
    var isChange: Bool
  }

  private func changes(of bytes: borrowing Span<UInt8>) -> [Change] {
    var changes: [Change] = []
    changes.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let end = GraphemeClusters.end(in: bytes, from: place)
      let cluster = ByteRange(place, end)
      if end - place <= Self.longestCluster,
        let match = map.match(cluster, of: bytes, takesLongest: false)
      {
        append(match.replacement, for: cluster, bytes, &changes)
        place = end
      }
      while place < end {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
        let part = ByteRange(place, place + length)
        if let match = map.match(part, of: bytes, takesLongest: false) {
          append(match.replacement, for: part, bytes, &changes)
        } else {
          changes.append(Change(scalar: scalar, change: 0, isChange: false))
        }
        place += length
      }
    }
    return changes
  }

  private func append(
    _ replacement: ArraySlice<UInt8>, for part: ByteRange, _ bytes: borrowing Span<UInt8>,
    _ changes: inout [Change]
  ) {
    var old = 0
    for index in part.indices where !UTF8Scalars.isContinuation(bytes[index]) { old += 1 }
    // A map of a broken file may hold broken UTF-8.
    let scalars = String(decoding: replacement, as: UTF8.self).unicodeScalars
    for (index, scalar) in scalars.enumerated() {
      // What is more than before is inserted behind.
      changes.append(
        Change(scalar: scalar.value, change: index < old ? 0 : 1, isChange: true))
    }
    // What is less goes with the scalar written last, whichever that is.
    if scalars.count < old, let last = changes.indices.last {
      changes[last].change += scalars.count - old
      changes[last].isChange = true
    }
  }
}
