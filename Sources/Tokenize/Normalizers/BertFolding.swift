/// What BertNormalizer's accent stripping and lower case make of single scalars.
struct BertFolding: Sendable {
  private let mapping: ScalarMapping
  private let stripsAccents: Bool
  private let movable = Self.movableScalars

  init(stripsAccents: Bool, lowercases: Bool) {
    self.stripsAccents = stripsAccents
    mapping = Self.mappings[(stripsAccents ? 2 : 0) + (lowercases ? 1 : 0)]
  }

  /// The mappings without and with lower case, and the same with accents stripped.
  private static let mappings: [ScalarMapping] = [
    (false, false), (false, true), (true, false), (true, true),
  ]
  .map { stripsAccents, lowercases in
    let sources = Set((stripsAccents ? decomposed + accents : []) + (lowercases ? cased : []))
    return ScalarMapping(
      sources.sorted().map { source in
        var scalars = [source]
        if stripsAccents {
          scalars = scalars.flatMap { ScalarMapping.canonical.result(of: $0) ?? [$0] }
          scalars.removeAll { ScalarClasses.table[$0].contains(.bertAccent) }
        }
        if lowercases {
          scalars = scalars.flatMap { ScalarMapping.lowercase.result(of: $0) ?? [$0] }
        }
        return (source, scalars[...])
      })
  }

  private static let decomposed = UnicodeData.mapping(UnicodeData.canonicalDecompositions).map(
    \.source)
  private static let cased = UnicodeData.mapping(UnicodeData.lowercase).map(\.source)
  private static let accents = ScalarClasses.scalars(of: .bertAccent)

  /// Whether a scalar leaves a mark behind that canonical ordering could move.
  @inline(__always)
  func isUnsettled(_ scalar: UInt32) -> Bool { stripsAccents && movable[scalar] }

  private static let movableScalars: ScalarTable<Bool> = {
    let scalars = Set(Normalization.marks + decomposed).sorted().filter { scalar in
      (ScalarMapping.canonical.result(of: scalar) ?? [scalar]).contains {
        Normalization.combiningClasses[$0] != 0 && !ScalarClasses.table[$0].contains(.bertAccent)
      }
    }
    return ScalarTable(empty: false, entries: scalars.map { (scalar: $0, value: true) })
  }()

  /// Whether a scalar stays what it is, whatever stands around it.
  @inline(__always)
  func keeps(_ scalar: UInt32) -> Bool {
    !isUnsettled(scalar) && !mapping.changes(scalar)
      && !(stripsAccents && Hangul.isSyllable(scalar))
  }

  /// What a scalar becomes.
  @inline(__always)
  func result(of scalar: UInt32) -> ArraySlice<UInt32> {
    if let result = mapping.result(of: scalar) { return result }
    return (stripsAccents && Hangul.isSyllable(scalar) ? Hangul.decompose(scalar) : [scalar])[...]
  }
}
