public import Records
public import Stages

/// Where the project's files and the shared reference data are.
public enum Shared {
  /// The root of the project, found from this file's place in it.
  public static let project: String = FilePaths.normalize("\(#filePath)/../../..")

  /// The folder of reference data beside the project; tests that need it skip where it is absent.
  public static let root = FilePaths.normalize("\(project)/../shared")

  /// Whether the reference data is there.
  public static var exists: Bool { Folders.isFolder(root) }

  /// A path below the reference data.
  public static func path(_ name: String) -> String { "\(root)/\(name)" }
}

/// A folder that is there for one test and gone after it.
public final class TemporaryFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Makes an empty folder with a name of its own.
  public init() throws {
    path = "/tmp/anneal-test-\(UInt64.random(in: 0 ... .max))"
    try Folders.make(path)
  }

  deinit { try? Folders.remove(path) }

  /// Writes a file below the folder and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try AtomicFile.write(text.utf8, to: "\(path)/\(name)")
    return "\(path)/\(name)"
  }
}

extension Record {
  /// A text record for tests.
  public static func text(
    _ text: String, id: String = "test:1", label: String? = nil, side: Side? = nil
  ) -> Record {
    Record(
      id: id, source: Source(file: "test", line: 1), content: .text(text),
      label: label.map { Label($0) }, side: side, schema: .text)
  }

  /// An alpaca record for tests.
  public static func instruction(
    _ instruction: String, input: String? = nil, output: String, id: String = "test:1"
  ) -> Record {
    Record(
      id: id, source: Source(file: "test", line: 1),
      content: .conversation(
        Conversation([Message(.user, instruction, input: input), Message(.assistant, output)])),
      schema: .alpaca)
  }
}

extension StageContext {
  /// A context for testing a stage by itself.
  public static func test(_ stage: String = "test", seed: UInt64 = 42) -> StageContext {
    StageContext(seed: seed, stage: stage, threads: 2)
  }
}

extension StageDescriptor {
  /// Makes the stage from parameters written as `name: value`, as a pipeline file would; a list is
  /// written as `[a, b]`.
  public func stage(_ parameters: [String: String] = [:]) throws -> any Stage {
    let place = Place(file: "test")
    let entries = parameters.sorted { $0.key < $1.key }.map { key, value in
      ConfigurationNode.Entry(key: key, place: place, node: node(value, place))
    }
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(
      self.parameters, from: ConfigurationNode(.map(entries), place: place, base: "/"),
      owner: name, into: &diagnostics)
    guard let values else { throw diagnostics }
    return try make(values)
  }

  private func node(_ value: String, _ place: Place) -> ConfigurationNode {
    func scalar(_ text: some StringProtocol) -> ConfigurationNode {
      ConfigurationNode(.scalar(String(text), quoted: false), place: place, base: "/")
    }
    guard value.hasPrefix("["), value.hasSuffix("]"), value.contains(", ") else {
      return scalar(value)
    }
    let items = value.dropFirst().dropLast().split(separator: ", ").map { scalar($0) }
    return ConfigurationNode(.list(items), place: place, base: "/")
  }
}
