import TextKit

/// Phrases for which C4 drops a line or a page, found in one walk whatever their case.
struct C4Marks {
  private(set) var hasFiller = false
  private(set) var hasBrace = false
  private(set) var hasScript = false
  private(set) var hasPolicy = false

  private static let filler = "lorem ipsum".scalarValues
  private static let script = "javascript".scalarValues
  private static let policies = [
    "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies",
    "use cookies",
  ].map(\.scalarValues)

  init(_ scalars: ArraySlice<UInt32>) {
    for place in scalars.indices {
      switch scalars[place] | 0x20 {
      case 0x7B: hasBrace = hasBrace || scalars[place] == 0x7B
      case 0x6C: hasFiller = hasFiller || Self.occurs(Self.filler, in: scalars, at: place)
      case 0x6A: hasScript = hasScript || Self.occurs(Self.script, in: scalars, at: place)
      case 0x63, 0x70, 0x74, 0x75:
        hasPolicy = hasPolicy || Self.policies.contains { Self.occurs($0, in: scalars, at: place) }
      default: continue
      }
    }
  }

  /// Why the whole page goes, wherever the marks stand in it.
  var dropsPage: String? { hasFiller ? "lorem-ipsum" : hasBrace ? "curly-bracket" : nil }

  private static func occurs(
    _ part: [UInt32], in scalars: ArraySlice<UInt32>, at place: Int
  ) -> Bool {
    guard place + part.count <= scalars.endIndex else { return false }
    for offset in part.indices {
      let value = scalars[place + offset]
      guard ((0x41...0x5A).contains(value) ? value | 0x20 : value) == part[offset] else {
        return false
      }
    }
    return true
  }
}
