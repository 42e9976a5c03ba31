public import Records

/// The values of a list of parameters, checked and complete with defaults.
public struct ParameterValues: Sendable {
  private let values: [String: any ParameterValue]
  private let order: [String]

  /// The value of a parameter of the list that these values were read for.
  public subscript<Value: ParameterValue>(parameter: Parameter<Value>) -> Value {
    guard let value = values[parameter.name] as? Value else {
      preconditionFailure("parameter '\(parameter.name)' is not one of \(order)")
    }
    return value
  }

  /// The values as they are written in a lock file, every default included.
  public var encoded: JSONObject {
    JSONObject(order.map { ($0, values[$0]?.encoded ?? .null) })
  }

  /// The values with another one of a parameter of the list.
  public func setting<Value: ParameterValue>(
    _ parameter: Parameter<Value>, to value: Value
  ) -> ParameterValues {
    precondition(order.contains(parameter.name), "'\(parameter.name)' is not one of \(order)")
    var values = values
    values[parameter.name] = value
    return ParameterValues(values: values, order: order)
  }

  /// Reads the values of parameters from a map, noting every fault it finds.
  ///
  /// - Parameters:
  ///   - node: The map, or nil where nothing is written and defaults must do.
  ///   - owner: What the parameters belong to, for messages: `clean.length`.
  ///   - elsewhere: Keys that other tools take here and Anneal does not, with what to do about each.
  /// - Returns: The values, or nil where a fault was noted.
  public static func read(
    _ parameters: [any AnyParameter], from node: ConfigurationNode?, owner: String,
    place: Place? = nil, elsewhere: [String: String] = [:], into diagnostics: inout Diagnostics
  ) -> ParameterValues? {
    var reading = Reading(parameters: parameters, owner: owner, elsewhere: elsewhere)
    reading.read(node)
    reading.complete(place: node?.place ?? place)
    diagnostics.add(reading.diagnostics)
    guard reading.diagnostics.isEmpty else { return nil }
    return ParameterValues(values: reading.values, order: parameters.map(\.name))
  }
}

extension ParameterValues {
  /// A name in kebab case, which snake case stands for as well: `min_words` is `min-words`.
  static func kebab(_ key: String) -> String {
    String(decoding: key.utf8.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self)
  }
}

/// One pass over a map of parameters.
private struct Reading {
  let parameters: [any AnyParameter]
  let owner: String
  let elsewhere: [String: String]
  var values: [String: any ParameterValue] = [:]
  var faulty: Set<String> = []
  var diagnostics = Diagnostics()

  mutating func read(_ node: ConfigurationNode?) {
    guard let node else { return }
    guard let entries = node.entries else {
      diagnostics.add(
        Diagnostic(
          "expected a map of parameters, found \(node.kindName)", path: owner, place: node.place))
      return
    }
    for entry in entries { read(entry) }
  }

  private mutating func read(_ entry: ConfigurationNode.Entry) {
    let path = "\(owner).\(entry.key)"
    guard let parameter = parameter(named: entry.key) else {
      diagnostics.add(
        Diagnostic(
          "unknown key '\(entry.key)'", path: owner, place: entry.place,
          remedy: remedy(for: entry.key)))
      return
    }
    guard values[parameter.name] == nil, !faulty.contains(parameter.name) else {
      diagnostics.add(
        Diagnostic("'\(parameter.name)' is written twice", path: path, place: entry.place))
      return
    }
    do {
      values[parameter.name] = try parameter.decode(entry.node)
    } catch {
      faulty.insert(parameter.name)
      diagnostics.add(
        Diagnostic(
          error.message, path: error.path.isEmpty ? path : "\(path).\(error.path)",
          place: error.place ?? entry.place, remedy: error.remedy))
    }
  }

  private func parameter(named key: String) -> (any AnyParameter)? {
    let name = ParameterValues.kebab(key)
    return parameters.first {
      $0.name == name || $0.aliases.contains { ParameterValues.kebab($0) == name }
    }
  }

  /// What is known of the key, else the parameter whose name or alias is nearest, or all names.
  private func remedy(for key: String) -> String? {
    let name = ParameterValues.kebab(key)
    if let known = elsewhere.first(where: { ParameterValues.kebab($0.key) == name }) {
      return known.value
    }
    let spellings = parameters.flatMap { [$0.name] + $0.aliases.map(ParameterValues.kebab) }
    let near = Suggestion.nearest(to: name, among: spellings)
    guard let near, let meant = parameter(named: near) else {
      return Suggestion.remedy(for: key, among: parameters.map(\.name))
    }
    return "did you mean '\(meant.name)'?"
  }

  mutating func complete(place: Place?) {
    for parameter in parameters
    where values[parameter.name] == nil && !faulty.contains(parameter.name) {
      if let fallback = parameter.fallbackValue {
        values[parameter.name] = fallback
      } else {
        diagnostics.add(
          Diagnostic(
            "'\(parameter.name)' (\(parameter.typeName)) is missing", path: owner, place: place,
            remedy: parameter.summary))
      }
    }
  }
}
