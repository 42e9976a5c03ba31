package import Records

extension ConfigurationNode {
  /// A value as a file would have it that the program itself wrote, without places of its own.
  package init(json: JSONValue, place: Place, base: String) {
    let value: Value =
      switch json {
      case .null: .null
      case .string(let text): .scalar(text, quoted: true)
      case .array(let elements):
        .list(elements.map { ConfigurationNode(json: $0, place: place, base: base) })
      case .object(let object):
        .map(
          object.members.map {
            Entry(
              key: $0.key, place: place,
              node: ConfigurationNode(json: $0.value, place: place, base: base))
          })
      default: .scalar(json.text, quoted: false)
      }
    self.init(value, place: place, base: base)
  }
}
