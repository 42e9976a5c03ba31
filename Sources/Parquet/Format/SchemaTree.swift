/// A field of the rows: a value, a structure, a list or a map.
final class RowNode: Sendable {
  indirect enum Shape: Sendable {
    case leaf(Leaf)
    case structure([RowNode])
    /// The element of a list, and the levels that say there is one more.
    case list(RowNode, definition: UInt8, repetition: UInt8)
    /// Keys and values of a map, likewise.
    case map(RowNode, RowNode, definition: UInt8, repetition: UInt8)
  }

  let name: String
  let shape: Shape
  /// The definition level from which on the field is there; 0 where it cannot be absent.
  let definition: UInt8
  let isOptional: Bool
  /// Its columns, among those of the file.
  let leaves: Range<Int>

  init(
    name: String, shape: Shape, definition: UInt8, isOptional: Bool, leaves: Range<Int>
  ) {
    self.name = name
    self.shape = shape
    self.definition = definition
    self.isOptional = isOptional
    self.leaves = leaves
  }
}

/// A column: what its values are, and the levels at which they are there.
struct Leaf: Sendable {
  let path: [String]
  let type: PhysicalType
  /// The bytes of a value of fixed length.
  let length: Int
  let meaning: Meaning
  let definition: UInt8
  let repetition: UInt8

  /// The column as people write it.
  var name: String { path.joined(separator: ".") }
}

/// Makes a tree of the list of fields in a footer.
struct SchemaTree {
  private(set) var fields: [RowNode] = []
  private(set) var leaves: [Leaf] = []

  private let elements: [SchemaElement]
  /// Columns of texts that are JSON, by their names.
  private let json: Set<String>
  private var next = 0
  private static let deepest = 64

  init(_ elements: [SchemaElement], json: Set<String> = []) throws(ParquetFault) {
    self.elements = elements
    self.json = json
    guard let root = elements.first, root.type == nil else {
      throw ParquetFault("the schema has no root")
    }
    next = 1
    for _ in 0..<root.children { fields.append(try node([], Levels())) }
    guard next == elements.count else { throw ParquetFault("the schema has fields of no parent") }
  }

  /// The levels above a field.
  private struct Levels {
    var definition: UInt8 = 0
    var repetition: UInt8 = 0
    var depth = 0

    func entering(_ repetition: Repetition) -> Levels {
      var inner = self
      if repetition != .required { inner.definition += 1 }
      if repetition == .repeated { inner.repetition += 1 }
      inner.depth += 1
      return inner
    }
  }

  private func peek() throws(ParquetFault) -> SchemaElement {
    guard next < elements.count else { throw ParquetFault("the schema has fewer fields than said") }
    return elements[next]
  }

  /// A field; one that is repeated outside of a list is a list by itself.
  private mutating func node(_ path: [String], _ above: Levels) throws(ParquetFault) -> RowNode {
    let element = try peek()
    let levels = above.entering(element.repetition)
    let first = leaves.count
    if element.repetition == .repeated {
      let inner = try value(path, levels, isOptional: false)
      return RowNode(
        name: element.name,
        shape: .list(inner, definition: levels.definition, repetition: levels.repetition),
        definition: above.definition, isOptional: false, leaves: first..<leaves.count)
    }
    return try value(path, levels, isOptional: element.repetition == .optional)
  }

  /// A field as it is where it is there.
  private mutating func value(
    _ path: [String], _ levels: Levels, isOptional: Bool
  ) throws(ParquetFault) -> RowNode {
    let element = try peek()
    guard levels.depth <= Self.deepest else { throw ParquetFault("the schema is nested too deep") }
    next += 1
    let first = leaves.count
    let path = path + [element.name]
    let shape = try shape(element, path, levels)
    return RowNode(
      name: element.name, shape: shape, definition: levels.definition, isOptional: isOptional,
      leaves: first..<leaves.count)
  }

  private mutating func shape(
    _ element: SchemaElement, _ path: [String], _ levels: Levels
  ) throws(ParquetFault) -> RowNode.Shape {
    if let type = element.type {
      guard element.children == 0 else {
        throw ParquetFault("'\(element.name)' is both a column and a group")
      }
      if case .unsupported(let what) = element.meaning { throw .unsupported(what) }
      let isJSON = element.meaning == .text && json.contains(path.joined(separator: "."))
      let leaf = Leaf(
        path: path, type: type, length: element.length, meaning: isJSON ? .json : element.meaning,
        definition: levels.definition, repetition: levels.repetition)
      leaves.append(leaf)
      return .leaf(leaf)
    }
    if case .unsupported(let what) = element.meaning { throw .unsupported(what) }
    guard element.children > 0 else { throw ParquetFault("'\(element.name)' is an empty group") }
    if element.meaning == .list, element.children == 1, try peek().repetition == .repeated {
      return try list(named: element.name, path, levels)
    }
    if element.meaning == .map, element.children == 1, try isMap() {
      return try map(path, levels)
    }
    var children: [RowNode] = []
    for _ in 0..<element.children { children.append(try node(path, levels)) }
    return .structure(children)
  }

  /// A list: a repeated group around its element, or by older rules the repeated field itself.
  private mutating func list(
    named name: String, _ path: [String], _ levels: Levels
  ) throws(ParquetFault) -> RowNode.Shape {
    let middle = try peek()
    let inner = levels.entering(.repeated)
    let isElement =
      middle.type != nil || middle.children != 1 || middle.name == "array"
      || middle.name == "\(name)_tuple" || middle.meaning != .plain
    let element: RowNode
    if isElement {
      element = try value(path, inner, isOptional: false)
    } else {
      next += 1
      element = try node(path + [middle.name], inner)
    }
    return .list(element, definition: inner.definition, repetition: inner.repetition)
  }

  private func isMap() throws(ParquetFault) -> Bool {
    let entry = try peek()
    return entry.repetition == .repeated && entry.type == nil && entry.children == 2
  }

  private mutating func map(
    _ path: [String], _ levels: Levels
  ) throws(ParquetFault) -> RowNode.Shape {
    let entry = try peek()
    let inner = levels.entering(.repeated)
    next += 1
    let key = try node(path + [entry.name], inner)
    let value = try node(path + [entry.name], inner)
    return .map(key, value, definition: inner.definition, repetition: inner.repetition)
  }
}
