import Records

/// The fields of a file that is written, as nodes with their levels.
struct WrittenSchema {
  private(set) var fields: [RowNode] = []
  private(set) var leaves: [Leaf] = []

  init(_ fields: [ColumnField]) {
    for field in fields {
      self.fields.append(node(field.name, field.type.settled, [], definition: 0, repetition: 0))
    }
  }

  /// The columns whose texts are JSON.
  var jsonColumns: [String] { leaves.filter { $0.meaning == .json }.map(\.name) }

  private mutating func node(
    _ name: String, _ type: ColumnType, _ path: [String], definition: UInt8, repetition: UInt8
  ) -> RowNode {
    let first = leaves.count
    let path = path + [name]
    let definition = definition + 1
    let shape: RowNode.Shape
    switch type {
    case .list(let element):
      let inner = node(
        "element", element, path + ["list"], definition: definition + 1,
        repetition: repetition + 1)
      shape = .list(inner, definition: definition + 1, repetition: repetition + 1)
    case .structure(let fields):
      shape = .structure(
        fields.map {
          node($0.name, $0.type, path, definition: definition, repetition: repetition)
        })
    case .empty, .boolean, .integer, .number, .text, .json:
      let leaf = Leaf(
        path: path, type: type.physical, length: 0, meaning: type.meaning, definition: definition,
        repetition: repetition)
      leaves.append(leaf)
      shape = .leaf(leaf)
    }
    return RowNode(
      name: name, shape: shape, definition: definition, isOptional: true,
      leaves: first..<leaves.count)
  }
}

extension ColumnType {
  fileprivate var physical: PhysicalType {
    switch self {
    case .boolean: .boolean
    case .integer: .int64
    case .number: .double
    default: .bytes
    }
  }

  fileprivate var meaning: Meaning {
    switch self {
    case .text, .empty: .text
    case .json: .json
    default: .plain
    }
  }
}

/// Writes the footer of a file.
struct FooterWriter {
  let schema: WrittenSchema
  let groups: [WrittenGroup]
  let codec: Codec

  private static let version = 2

  /// The footer without its length.
  var bytes: [UInt8] {
    var writer = CompactWriter()
    let elements = schema.fields.flatMap { Self.elements($0) }
    writer.element { writer in
      writer.integer(1, Self.version)
      let root = Element(name: "schema", children: schema.fields.count, isRoot: true)
      writer.list(2, .structure, [root] + elements) { $0.write($1) }
      writer.long(3, groups.reduce(0) { $0 + $1.rows })
      writer.list(4, .structure, groups, write)
      let json = schema.jsonColumns
      if !json.isEmpty {
        writer.list(5, .structure, [json]) { writer, names in
          writer.element {
            $0.text(1, ParquetWriter.jsonNote)
            $0.text(2, JSONValue.array(names.map { .string($0) }).text)
          }
        }
      }
      writer.text(6, "anneal version 0.1.0 (build anneal)")
    }
    return writer.bytes
  }

  /// One line of the schema.
  fileprivate struct Element {
    let name: String
    var leaf: Leaf?
    var children = 0
    var isRoot = false
    var isRepeated = false
    var isList = false
  }

  private static func elements(_ node: RowNode) -> [Element] {
    switch node.shape {
    case .leaf(let leaf): return [Element(name: node.name, leaf: leaf)]
    case .structure(let children):
      return [Element(name: node.name, children: children.count)]
        + children.flatMap { elements($0) }
    case .list(let element, _, _):
      return [
        Element(name: node.name, children: 1, isList: true),
        Element(name: "list", children: 1, isRepeated: true),
      ] + elements(element)
    case .map: preconditionFailure("maps are written as structures")
    }
  }

  private func write(_ writer: inout CompactWriter, _ group: WrittenGroup) {
    writer.element { writer in
      writer.list(1, .structure, group.columns, write)
      writer.long(2, group.columns.reduce(0) { $0 + $1.size })
      writer.long(3, group.rows)
    }
  }

  private func write(_ writer: inout CompactWriter, _ column: WrittenGroup.Column) {
    writer.element { writer in
      writer.long(2, column.offset)
      writer.structure(3) { writer in
        writer.integer(1, column.leaf.type.rawValue)
        let encodings: [Encoding] =
          column.usesDictionary ? [.plain, .runs, .dictionary] : [.plain, .runs]
        writer.list(2, .integer, encodings) { $0.element($1.rawValue) }
        writer.list(3, .binary, column.leaf.path) { $0.element($1) }
        writer.integer(4, codec.rawValue)
        writer.long(5, column.values)
        writer.long(6, column.size)
        writer.long(7, column.packedSize)
        writer.long(9, column.dataOffset)
        if column.usesDictionary { writer.long(11, column.offset) }
      }
    }
  }
}

extension CompactWriter {
  fileprivate mutating func write(_ element: FooterWriter.Element) {
    self.element { writer in
      if let leaf = element.leaf { writer.integer(1, leaf.type.rawValue) }
      if !element.isRoot {
        let repetition: Repetition = element.isRepeated ? .repeated : .optional
        writer.integer(3, repetition.rawValue)
      }
      writer.text(4, element.name)
      if element.leaf == nil { writer.integer(5, element.children) }
      let isText = element.leaf?.type == .bytes
      if isText || element.isList {
        // The older and the newer way to say text, and to say list.
        writer.integer(6, isText ? 0 : 3)
        writer.structure(10) { $0.structure(isText ? 1 : 3) { _ in } }
      }
    }
  }
}
