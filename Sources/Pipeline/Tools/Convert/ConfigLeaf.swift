import Records
import Stages

/// One value of another trainer's file, with the keys it is nested in.
struct ConfigLeaf {
  /// `datasets[].path`: dots between keys, `[]` for the place in a list of maps.
  let key: String
  /// The place in the innermost list of maps; 0 outside of one.
  let index: Int
  /// The value: a scalar, nothing, a list of scalars, or an empty map.
  let node: ConfigurationNode

  /// All values of a file, in their order.
  static func all(of root: ConfigurationNode) -> [ConfigLeaf] { leaves(root, key: "", index: 0) }

  private static func leaves(
    _ node: ConfigurationNode, key: String, index: Int
  ) -> [ConfigLeaf] {
    switch node.value {
    case .map(let entries) where !entries.isEmpty:
      return entries.flatMap { entry in
        leaves(entry.node, key: key.isEmpty ? entry.key : "\(key).\(entry.key)", index: index)
      }
    case .list(let nodes) where nodes.contains(where: { !$0.isScalar }):
      return nodes.enumerated().flatMap { leaves($1, key: "\(key)[]", index: $0) }
    default: return [ConfigLeaf(key: key, index: index, node: node)]
    }
  }

  /// The texts of a scalar or of a list of them.
  var texts: [String] {
    switch node.value {
    case .scalar(let text, _): [text]
    case .list(let nodes): nodes.compactMap(\.scalarText)
    case .map, .null: []
    }
  }

  /// The text of a scalar.
  var text: String? { node.scalarText }

  /// What a scalar says, where it is a truth value.
  var flag: Bool? { try? Bool.decode(node) }

  /// Whether it says nothing, or turns something off.
  var isOff: Bool {
    texts.isEmpty || flag == false || ["none", "no", "null", "", "None"].contains(text)
      || text.flatMap { Double($0) } == 0
  }

  /// The value in one line.
  var written: String {
    switch node.value {
    case .list: "[\(texts.joined(separator: ", "))]"
    case .map: "{}"
    case .null: "null"
    case .scalar(let text, _): text
    }
  }
}

extension ConfigurationNode {
  /// The text of a scalar.
  var scalarText: String? {
    if case .scalar(let text, _) = value { text } else { nil }
  }

  fileprivate var isScalar: Bool {
    switch value {
    case .scalar, .null: true
    case .list, .map: false
    }
  }

  /// A value of the program's own, as if it were written.
  static func made(_ text: String) -> ConfigurationNode {
    ConfigurationNode(
      .scalar(text, quoted: false), place: Place(file: "convert"), base: FilePaths.current)
  }

  /// A list of texts likewise.
  static func made(_ texts: [String]) -> ConfigurationNode {
    ConfigurationNode(
      .list(texts.map { made($0) }), place: Place(file: "convert"), base: FilePaths.current)
  }

  /// The value as JSON: numbers and truth values as such, all else as text.
  var json: JSONValue {
    switch value {
    case .null: return .null
    case .list(let nodes): return .array(nodes.map(\.json))
    case .map(let entries): return .object(JSONObject(entries.map { ($0.key, $0.node.json) }))
    case .scalar(let text, let quoted):
      if quoted { return .string(text) }
      if let flag = try? Bool.decode(self) { return .bool(flag) }
      if let number = Double(text), number.isFinite, text.first?.isLetter == false {
        return .real(number)
      }
      return .string(text)
    }
  }
}
