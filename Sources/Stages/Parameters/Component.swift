public import Records

/// One of several named things with parameters of its own: `method: {lora: {rank: 8}}`.
public struct Component: ParameterValue {
  /// The name chosen.
  public let name: String
  /// The values of its parameters.
  public let values: ParameterValues

  /// What a person calls the type.
  public static var typeName: String { "component" }

  /// Components are read by the parameter that lists them.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Component {
    throw node.mismatch("a component of a parameter that lists its choices")
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .object([name: .object(values.encoded)]) }
}

/// What a component is called, does and takes.
public struct ComponentDescriptor: Sendable {
  /// The name users write.
  public let name: String
  /// Names that users know from other tools; accepted, and the name is what is printed.
  public let aliases: [String]
  /// What it does, one sentence.
  public let summary: String
  /// What it takes.
  public let parameters: [any AnyParameter]
  /// Keys that other tools take here and Anneal does not, with what to do about each.
  private let elsewhere: [String: String]
  /// What is wrong with values that are right one by one.
  private let check: @Sendable (ParameterValues) -> [Diagnostic]

  /// A component.
  /// - Parameters:
  ///   - elsewhere: Keys that other tools take here and Anneal does not, with what to do about each.
  ///   - check: Says what does not go together; places and paths are filled in.
  public init(
    _ name: String, aliases: [String] = [], _ summary: String,
    parameters: [any AnyParameter] = [], elsewhere: [String: String] = [:],
    check: @escaping @Sendable (ParameterValues) -> [Diagnostic] = { _ in [] }
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.parameters = parameters
    self.elsewhere = elsewhere
    self.check = check
  }

  /// Whether a name is its own or one of its aliases; kebab and snake case are one.
  fileprivate func isCalled(_ written: String) -> Bool {
    let name = ParameterValues.kebab(written)
    return name == self.name || aliases.contains { ParameterValues.kebab($0) == name }
  }

  /// Reads the values of its parameters, noting every fault of one of them or of several together.
  fileprivate func values(
    from node: ConfigurationNode?, place: Place?, into diagnostics: inout Diagnostics
  ) -> ParameterValues? {
    guard
      let values = ParameterValues.read(
        parameters, from: node, owner: name, place: place, elsewhere: elsewhere,
        into: &diagnostics)
    else { return nil }
    let faults = check(values)
    for fault in faults {
      diagnostics.add(
        Diagnostic(
          fault.message, path: name, place: node?.place ?? place, remedy: fault.remedy))
    }
    return faults.isEmpty ? values : nil
  }

  /// The component with every default; nil where a parameter must be written.
  public var defaultComponent: Component? {
    var diagnostics = Diagnostics()
    return values(from: nil, place: nil, into: &diagnostics)
      .map { Component(name: name, values: $0) }
  }
}

extension Parameter where Value == Component {
  /// A choice among components, written as `NAME` or `{NAME: {…}}`.
  public init(
    _ name: String, choices: [ComponentDescriptor], default fallback: String? = nil,
    aliases: [String] = [], _ summary: String
  ) {
    self.init(
      name: name,
      fallback: choices.first { $0.name == fallback }?.defaultComponent, aliases: aliases,
      summary: summary, typeName: choices.map(\.name).joined(separator: "|"), check: { _ in nil },
      read: { node throws(Diagnostic) in try Component.read(node, among: choices) })
  }
}

extension Parameter where Value == Component? {
  /// A choice among components that may be left out.
  public init(
    _ name: String, choices: [ComponentDescriptor], aliases: [String] = [], _ summary: String
  ) {
    self.init(
      name: name, fallback: .some(nil), aliases: aliases, summary: summary,
      typeName: choices.map(\.name).joined(separator: "|"), check: { _ in nil },
      read: { node throws(Diagnostic) in
        node.value == .null ? nil : try Component.read(node, among: choices)
      })
  }
}

extension Component {
  /// Reads `NAME` or `{NAME: {…}}`.
  static func read(
    _ node: ConfigurationNode, among choices: [ComponentDescriptor]
  ) throws(Diagnostic) -> Component {
    let (name, place, inner) = try parts(of: node, choices)
    guard let descriptor = choices.first(where: { $0.isCalled(name) }) else {
      throw Diagnostic(
        "unknown choice '\(name)'", place: place, remedy: remedy(for: name, among: choices))
    }
    var diagnostics = Diagnostics()
    guard let values = descriptor.values(from: inner, place: place, into: &diagnostics) else {
      let first = diagnostics.list.first
      throw Diagnostic(
        diagnostics.list.map(\.message).joined(separator: "; "), path: first?.path ?? "",
        place: first?.place, remedy: first?.remedy)
    }
    return Component(name: descriptor.name, values: values)
  }

  /// The component whose name or alias is nearest, or all names.
  private static func remedy(
    for name: String, among choices: [ComponentDescriptor]
  ) -> String? {
    let near = Suggestion.nearest(to: name, among: choices.flatMap { [$0.name] + $0.aliases })
    guard let near, let meant = choices.first(where: { $0.isCalled(near) }) else {
      return Suggestion.remedy(for: name, among: choices.map(\.name))
    }
    return "did you mean '\(meant.name)'?"
  }

  private static func parts(
    of node: ConfigurationNode, _ choices: [ComponentDescriptor]
  ) throws(Diagnostic) -> (String, Place, ConfigurationNode?) {
    switch node.value {
    case .scalar(let text, _): return (text, node.place, nil)
    case .map(let entries):
      if entries.count == 1, let entry = entries.first {
        return (entry.key, entry.place, entry.node)
      }
    default: break
    }
    throw node.mismatch("one of \(choices.map(\.name).joined(separator: ", "))")
  }
}
