public import Records
public import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How parts of the training side are mixed: `{weights: {alpaca: 3, general: 1}}` or `{temperature: 2}`.
public struct MixtureOptions: ParameterValue, Hashable {
  /// What says how much of each part an epoch takes.
  package enum Shares: Sendable, Hashable {
    /// Shares in proportion to numbers above 0.
    case weights(MixtureWeights)
    /// Shares in proportion to n^(1/T), where a part has n records (Raffel and others, 2020; arXiv
    /// 1910.10683, 3.5.2): 1 is proportional to the parts, and the larger, the more equal they are.
    case temperature(Double)
  }

  package let shares: Shares
  /// What tells parts apart.
  package let by: MixtureParts
  /// How long an epoch is.
  package let until: MixtureEnd

  private static let weightsKey = Parameter<MixtureWeights?>(
    "weights", default: nil, aliases: ["probabilities"],
    "A number for each part, in proportion to which an epoch takes of its records.")
  private static let temperatureKey = Parameter<Double?>(
    "temperature", default: nil,
    "Shares in proportion to n^(1/T) of parts with n records: 1 as they are, large equal.",
    check: { $0.map { $0 <= 0 } == true ? "must be above 0" : nil })
  private static let byKey = Parameter(
    "by", default: MixtureParts.source,
    "What tells parts apart: source (the name of each ingest), file, or metadata.KEY.")
  private static let untilKey = Parameter(
    "until", default: MixtureEnd.first, aliases: ["stopping-strategy"],
    "How long an epoch is: until the first or the last part is through, or {records: N}.")

  /// What a person calls the type.
  public static var typeName: String { "{weights|temperature, by, until}" }

  /// Reads the map.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> MixtureOptions {
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        [weightsKey, temperatureKey, byKey, untilKey], from: node, owner: "mixture",
        into: &diagnostics)
    else { throw diagnostics.list.first ?? node.mismatch(typeName) }
    return MixtureOptions(
      shares: try shares(values[weightsKey], values[temperatureKey], node),
      by: values[byKey], until: values[untilKey])
  }

  private static func shares(
    _ weights: MixtureWeights?, _ temperature: Double?, _ node: ConfigurationNode
  ) throws(Diagnostic) -> Shares {
    switch (weights, temperature) {
    case (let weights?, nil): return .weights(weights)
    case (nil, let temperature?): return .temperature(temperature)
    case (nil, nil):
      throw Diagnostic(
        "a mixture has weights or a temperature", place: node.place,
        remedy: "write weights: {NAME: 3, OTHER: 1} or temperature: 2")
    default:
      throw Diagnostic(
        "a mixture has weights or a temperature, not both", place: node.place,
        remedy: "leave one of them out")
    }
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    var object = JSONObject()
    switch shares {
    case .weights(let weights): object["weights"] = weights.encoded
    case .temperature(let temperature): object["temperature"] = .real(temperature)
    }
    object["by"] = by.encoded
    object["until"] = until.encoded
    return .object(object)
  }

  /// The weights of parts, by which their shares are told.
  ///
  /// - Parameter parts: Names and numbers of records.
  /// - Throws: `TrainingError` for a weight of a part that is not there, or a part without one.
  package func weights(
    of parts: [(name: String, records: Int)]
  ) throws(TrainingError) -> [Double] {
    switch shares {
    case .temperature(let temperature):
      return parts.map { pow(Double($0.records), 1 / temperature) }
    case .weights(let weights):
      if let fault = weights.fault(among: parts.map(\.name), by: by, records: true) { throw fault }
      return parts.map { weights[$0.name] ?? 0 }
    }
  }
}

// MARK: - Before data is read

extension MixtureOptions: CustomStringConvertible {
  /// What is mixed and how, in a few words.
  public var description: String {
    switch shares {
    case .weights(let weights):
      "mixing "
        + weights.list.map { "\($0.name) \($0.value.short)" }.joined(separator: " : ")
    case .temperature(let temperature): "mixing by \(by.noun) at temperature \(temperature.short)"
    }
  }

  /// What is wrong with a mixture of the sources of a pipeline, before a record is read.
  public func fault(of sources: SourceNames) -> TrainingError? {
    guard by == .source else { return nil }
    let names = sources.sources.map(\.name)
    guard names.count > 1 else {
      return TrainingError(
        "a mixture is of several sources, and one is read",
        remedy: "add an ingest, or tell parts apart by: file or by: metadata.KEY")
    }
    if let double = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      return TrainingError(
        "two sources are called '\(names[double])'",
        remedy: "give each ingest a name of its own: name: …")
    }
    guard case .weights(let weights) = shares else { return nil }
    return weights.fault(among: names, by: by)
  }
}

extension Double {
  /// A whole number without its point.
  fileprivate var short: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
