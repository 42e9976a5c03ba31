package import Records
package import Stages

/// How long an epoch of a mixture is.
package enum MixtureEnd: ParameterValue, Hashable {
  /// Until the first part is through (interleave_under).
  case first
  /// Until the last part is through (interleave_over).
  case last
  /// As many records as this.
  case records(Int)

  package static var typeName: String { "first|last|{records: N}" }

  private static let recordsKey = Parameter<Int>(
    required: "records", "The records of an epoch.", check: Check.atLeast(1))

  package static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> MixtureEnd {
    guard case .scalar(let text, _) = node.value else {
      var diagnostics = Diagnostics()
      guard
        let values = ParameterValues.read(
          [recordsKey], from: node, owner: "until", into: &diagnostics)
      else { throw diagnostics.list.first ?? node.mismatch(typeName) }
      return .records(values[recordsKey])
    }
    switch text {
    case "first", "first_exhausted": return .first
    case "last", "all_exhausted": return .last
    default:
      throw Diagnostic(
        "an epoch does not end at '\(text)'", place: node.place,
        remedy: Suggestion.nearest(to: text, among: ["first", "last"])
          .map { "did you mean '\($0)'?" } ?? "write first, last or {records: N}")
    }
  }

  package var encoded: JSONValue {
    switch self {
    case .first: "first"
    case .last: "last"
    case .records(let count): ["records": .integer(count)]
    }
  }
}
