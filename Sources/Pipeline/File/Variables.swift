import Stages

/// Replaces `${name}` by the values under `variables:`.
struct Variables {
  private var values: [String: ConfigurationNode] = [:]

  /// Reads the variables of a file; they may use those written before them.
  init(_ node: ConfigurationNode?, into diagnostics: inout Diagnostics) {
    guard let node else { return }
    guard let entries = node.entries else {
      diagnostics.add(
        Diagnostic(
          "expected a map of names and values, found \(node.kindName)", path: "variables",
          place: node.place))
      return
    }
    for entry in entries { values[entry.key] = resolve(entry.node, into: &diagnostics) }
  }

  /// A copy of a node in which every variable is replaced.
  func resolve(
    _ node: ConfigurationNode, into diagnostics: inout Diagnostics
  ) -> ConfigurationNode {
    switch node.value {
    case .null: return node
    case .list(let nodes):
      return node.with(.list(nodes.map { resolve($0, into: &diagnostics) }))
    case .map(let entries):
      return node.with(
        .map(
          entries.map { entry in
            .init(
              key: entry.key, place: entry.place, node: resolve(entry.node, into: &diagnostics))
          }))
    case .scalar(let text, let quoted):
      guard text.contains("${") else { return node }
      return resolve(text, quoted: quoted, in: node, into: &diagnostics)
    }
  }

  private func resolve(
    _ text: String, quoted: Bool, in node: ConfigurationNode, into diagnostics: inout Diagnostics
  ) -> ConfigurationNode {
    // A value that is one variable takes its type, and its base for paths, from the variable.
    if text.hasPrefix("${"), text.firstIndex(of: "}") == text.index(before: text.endIndex) {
      let name = String(text.dropFirst(2).dropLast())
      guard let value = value(name, at: node.place, into: &diagnostics) else { return node }
      return value
    }
    var base = node.base
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      let name = String(rest[start.upperBound..<end])
      result += rest[..<start.lowerBound]
      if let value = value(name, at: node.place, into: &diagnostics) {
        if result.isEmpty { base = value.base }
        if case .scalar(let text, _) = value.value { result += text }
      }
      rest = rest[rest.index(after: end)...]
    }
    return ConfigurationNode(
      .scalar(result + rest, quoted: quoted), place: node.place, base: base)
  }

  private func value(
    _ name: String, at place: Place, into diagnostics: inout Diagnostics
  ) -> ConfigurationNode? {
    if let value = values[name] { return value }
    diagnostics.add(
      Diagnostic(
        "variable '\(name)' has no value", place: place,
        remedy: Suggestion.nearest(to: name, among: values.keys.sorted())
          .map { "did you mean '\($0)'?" }
          ?? "add it under 'variables:' or write --set \(name)=VALUE after adding it"))
    return nil
  }
}

extension ConfigurationNode {
  fileprivate func with(_ value: Value) -> ConfigurationNode {
    ConfigurationNode(value, place: place, base: base)
  }
}
