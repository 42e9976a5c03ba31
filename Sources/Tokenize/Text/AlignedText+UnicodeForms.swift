/// A scalar of a normal form and what it does to the alignment.
///
/// `change` is Hugging Face's: 0 replaces one scalar, 1 inserts one, and -n replaces n + 1.
private struct FormScalar {
  var scalar: UInt32
  var combiningClass: UInt8
  var change: Int
}

extension AlignedText {
  /// Decomposes fully and puts marks in canonical order.
  mutating func decompose(_ mapping: ScalarMapping) {
    if isASCII { return }
    apply(decomposed(mapping))
  }

  /// Decomposes fully, then composes what has a primary composite.
  mutating func compose(_ mapping: ScalarMapping) {
    apply(Self.composed(decomposed(mapping)))
  }

  /// Whether NFC cannot change the text, judged scalar by scalar.
  var isSettledNFC: Bool {
    let unsettled = Normalization.unsettled
    let span = bytes.span
    var place = 0
    while place < span.count {
      if span[place] < 0xC3 {
        place += UTF8Scalars.length(leadByte: span[place])
        continue
      }
      let (scalar, length) = UTF8Scalars.decode(span, at: place)
      if unsettled[scalar] { return false }
      place += length
    }
    return true
  }

  private func decomposed(_ mapping: ScalarMapping) -> [FormScalar] {
    let classes = Normalization.combiningClasses
    var result: [FormScalar] = []
    result.reserveCapacity(bytes.count)
    let span = bytes.span
    var place = 0
    while place < span.count {
      let (scalar, length) = UTF8Scalars.decode(span, at: place)
      place += length
      if let parts = mapping.result(of: scalar) {
        Self.append(parts, classes, to: &result)
      } else if Hangul.isSyllable(scalar) {
        Self.append(Hangul.decompose(scalar)[...], classes, to: &result)
      } else {
        result.append(
          FormScalar(scalar: scalar, combiningClass: classes[scalar], change: 0))
      }
    }
    Self.reorder(&result)
    return result
  }

  private static func append(
    _ parts: ArraySlice<UInt32>, _ classes: ScalarTable<UInt8>, to result: inout [FormScalar]
  ) {
    for (index, part) in parts.enumerated() {
      result.append(
        FormScalar(scalar: part, combiningClass: classes[part], change: index == 0 ? 0 : 1))
    }
  }

  /// Sorts every run of marks by class and keeps the order within a class.
  private static func reorder(_ scalars: inout [FormScalar]) {
    var start = 0
    while start < scalars.count {
      var end = start
      while end < scalars.count, scalars[end].combiningClass != 0 { end += 1 }
      if end - start <= Self.shortRun {
        insertionSort(&scalars, start..<end)
      } else {
        // Texts can be one run of a million marks; the offsets keep what is equal in order.
        let sorted = scalars[start..<end].enumerated().sorted {
          ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
        }
        scalars.replaceSubrange(start..<end, with: sorted.lazy.map(\.element))
      }
      start = end + 1
    }
  }

  /// Up to so many marks are sorted in place; more stand nowhere in writing.
  private static let shortRun = 16

  private static func insertionSort(_ scalars: inout [FormScalar], _ run: Range<Int>) {
    for index in run.dropFirst() {
      var place = index
      while place > run.lowerBound,
        scalars[place - 1].combiningClass > scalars[place].combiningClass
      {
        scalars.swapAt(place - 1, place)
        place -= 1
      }
    }
  }

  /// Composes each starter with the marks behind it that nothing blocks.
  private static func composed(_ scalars: [FormScalar]) -> [FormScalar] {
    var result: [FormScalar] = []
    result.reserveCapacity(scalars.count)
    var starter: Int?
    var lastClass: UInt8?
    for item in scalars {
      let blocked = lastClass.map { $0 >= item.combiningClass } ?? false
      if let starter, !blocked,
        let composite = Normalization.compose(result[starter].scalar, item.scalar)
      {
        result[starter].scalar = composite
        result[starter].change += item.change - 1
        continue
      }
      result.append(item)
      if item.combiningClass == 0 {
        starter = result.count - 1
        lastClass = nil
      } else if starter != nil {
        lastClass = item.combiningClass
      }
    }
    return result
  }

  private mutating func apply(_ scalars: [FormScalar]) {
    rewrite { rewriter in
      for item in scalars {
        if item.change > 0 {
          rewriter.insert(item.scalar)
        } else {
          rewriter.replace(with: item.scalar, reading: 1 - item.change)
        }
      }
    }
  }
}
