public import Stages
import Yams

/// A pipeline file as it is written: its keys and values with their places.
public struct PipelineFile: Sendable {
  /// The file's path as the user gave it.
  public let path: String
  /// What is written.
  public var root: ConfigurationNode

  /// Files larger than this are no pipelines.
  private static let largest = 1 << 20

  /// Reads a file.
  /// - Throws: `Diagnostics` for what is no YAML, `FileError` for what cannot be read.
  public init(path: String) throws {
    let bytes = try FileReader.contents(path)
    guard bytes.count <= Self.largest, let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostics([
        Diagnostic(
          "this is no pipeline file", place: Place(file: path),
          remedy: "a pipeline is a YAML text; 'anneal init' writes one")
      ])
    }
    let base = FilePaths.folder(FilePaths.join(FilePaths.current, path))
    try self.init(text: text, path: path, base: base)
  }

  /// Reads a text as the content of a file; paths in it resolve against `base`.
  public init(text: String, path: String, base: String) throws {
    self.path = path
    root = try YAMLReader(file: path, base: base).read(text)
  }
}

/// Makes configuration nodes of a YAML text.
struct YAMLReader {
  let file: String
  let base: String
  /// Aliases can make a small file expand without end; a pipeline never has this many values.
  private static let mostNodes = 100_000

  /// Reads a text of one document.
  func read(_ text: String) throws -> ConfigurationNode {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        return ConfigurationNode(.null, place: Place(file: file), base: base)
      }
      var budget = Self.mostNodes
      return try convert(node, &budget)
    } catch let error as YamlError {
      throw Diagnostics([diagnostic(error)])
    }
  }

  private func convert(_ node: Node, _ budget: inout Int) throws -> ConfigurationNode {
    budget -= 1
    let place = place(node.mark)
    guard budget > 0 else {
      throw Diagnostics([Diagnostic("the file expands to too many values", place: place)])
    }
    return ConfigurationNode(try value(of: node, &budget), place: place, base: base)
  }

  private func value(of node: Node, _ budget: inout Int) throws -> ConfigurationNode.Value {
    switch node {
    case .scalar(let scalar):
      let quoted = scalar.style != .plain && scalar.style != .any
      let isNull = !quoted && ["", "~", "null"].contains(scalar.string)
      return isNull ? .null : .scalar(scalar.string, quoted: quoted)
    case .sequence(let sequence):
      return .list(try sequence.map { try convert($0, &budget) })
    case .mapping(let mapping):
      return .map(
        try mapping.map { key, value in
          guard let name = key.scalar?.string else {
            throw Diagnostics([Diagnostic("a key must be a word", place: place(key.mark))])
          }
          return .init(key: name, place: place(key.mark), node: try convert(value, &budget))
        })
    case .alias:
      throw Diagnostics([Diagnostic("an alias refers to nothing", place: place(node.mark))])
    }
  }

  private func place(_ mark: Mark?) -> Place {
    Place(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0)
  }

  private func diagnostic(_ error: YamlError) -> Diagnostic {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Diagnostic(
        "this is not YAML: \(problem)", place: place(mark),
        remedy: "check the indentation, the quotes and the brackets near this line")
    case .duplicatedKeysInMapping(let duplicates, let context):
      Diagnostic(
        "written twice: \(duplicates.map { "\($0)" }.sorted().joined(separator: ", "))",
        place: place(context.mark))
    default: Diagnostic("this is not YAML: \(error)", place: Place(file: file))
    }
  }
}
