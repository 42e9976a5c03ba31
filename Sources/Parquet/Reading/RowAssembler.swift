import Records

/// Puts rows together from columns, by the levels of each value.
///
/// Method: Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets", 2010.
final class RowAssembler {
  private let fields: [RowNode]
  private let columns: [ColumnCursor]
  /// The values in lists of the row at hand, and the bytes of these.
  private var listed = 0
  private var weight = 0

  /// A run of a few bytes can say that a list has as many values as a page.
  private static let mostListed = 1 << 22
  /// Of a long text in a dictionary, each of them may be one.
  private static let mostWeight = 1 << 29

  init(fields: [RowNode], columns: [ColumnCursor]) {
    self.fields = fields
    self.columns = columns
  }

  /// The next row.
  func row() throws -> JSONObject {
    listed = 0
    weight = 0
    var members: [JSONObject.Member] = []
    members.reserveCapacity(fields.count)
    for field in fields {
      for leaf in field.leaves where columns[leaf].leaf.repetition > 0 {
        guard try columns[leaf].peek()?.repetition == 0 else {
          throw disagreement(field)
        }
      }
      members.append(.init(key: field.name, value: try value(field)))
    }
    return JSONObject(lastWins: members)
  }

  /// Checks that no values are left behind the last row.
  func checkEnd() throws {
    for column in columns where try column.peek() != nil {
      throw ParquetFault("it has more values than the row group has rows")
    }
  }

  private func value(_ node: RowNode) throws -> JSONValue {
    if case .leaf(let leaf) = node.shape {
      let value = try columns[node.leaves.lowerBound].take()
      if leaf.repetition > 0 { try count(value) }
      return value
    }
    if node.isOptional, try isAbsent(node, node.definition) { return .null }
    switch node.shape {
    case .leaf(let leaf): preconditionFailure("\(leaf.name) was read above")
    case .structure(let children):
      var members: [JSONObject.Member] = []
      members.reserveCapacity(children.count)
      for child in children { members.append(.init(key: child.name, value: try value(child))) }
      return .object(JSONObject(lastWins: members))
    case .list(let element, let definition, let repetition):
      var elements: [JSONValue] = []
      try forEach(node, definition, repetition) { elements.append(try value(element)) }
      return .array(elements)
    case .map(let key, let entry, let definition, let repetition):
      var entries: [(JSONValue, JSONValue)] = []
      try forEach(node, definition, repetition) {
        let name = try value(key)
        entries.append((name, try value(entry)))
      }
      return Self.map(entries, keyedBy: key)
    }
  }

  /// Notes a value in a list.
  private func count(_ value: JSONValue) throws(ParquetFault) {
    listed += 1
    weight += value.weight
    guard listed <= Self.mostListed else {
      throw ParquetFault("it has more than \(Self.mostListed) values in lists")
    }
    guard weight <= Self.mostWeight else {
      throw ParquetFault("its lists take more than \(Self.mostWeight >> 20) MB")
    }
  }

  /// An object where keys are texts, of two with one key the last; else a list of pairs.
  private static func map(_ entries: [(JSONValue, JSONValue)], keyedBy key: RowNode) -> JSONValue {
    guard case .leaf(let leaf) = key.shape, leaf.meaning == .text else {
      return .array(entries.map { ["key": $0.0, "value": $0.1] })
    }
    return .object(
      JSONObject(lastWins: entries.map { .init(key: $0.0.string ?? "", value: $0.1) }))
  }

  /// Calls `visit` for each element of a list, of which there may be none.
  private func forEach(
    _ node: RowNode, _ definition: UInt8, _ repetition: UInt8, _ visit: () throws -> Void
  ) throws {
    if try isAbsent(node, definition) { return }
    repeat { try visit() } while try goesOn(node, repetition)
  }

  /// Whether nothing is there from a level on; if so, its entries are passed over.
  private func isAbsent(_ node: RowNode, _ definition: UInt8) throws -> Bool {
    let first = columns[node.leaves.lowerBound]
    guard let level = try first.peek() else {
      throw ParquetFault("it ends before the row group does")
    }
    guard level.definition < definition else { return false }
    for leaf in node.leaves {
      guard let other = try columns[leaf].peek(), other.definition == level.definition else {
        throw disagreement(node)
      }
      _ = try columns[leaf].take()
    }
    return true
  }

  /// Whether the next entries belong to the same list; all its columns must say so.
  private func goesOn(_ node: RowNode, _ repetition: UInt8) throws -> Bool {
    let goesOn = try (columns[node.leaves.lowerBound].peek()?.repetition ?? 0) >= repetition
    for leaf in node.leaves.dropFirst() {
      guard try ((columns[leaf].peek()?.repetition ?? 0) >= repetition) == goesOn else {
        throw disagreement(node)
      }
    }
    return goesOn
  }

  private func disagreement(_ node: RowNode) -> ParquetFault {
    ParquetFault("the columns of '\(node.name)' say different things of what is there")
  }
}
