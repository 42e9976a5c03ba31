import Records

/// Puts rows together from columns, by the levels of each value.
///
/// Method: Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets", 2010.
struct RowAssembler {
  let fields: [RowNode]
  let columns: [ColumnCursor]

  /// The next row.
  func row() throws -> JSONObject {
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
    if case .leaf = node.shape { return try columns[node.leaves.lowerBound].take() }
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
