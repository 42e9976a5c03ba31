public import Records
import Stages
import Train

/// The config file of another trainer as a pipeline, and what became of each of its keys.
public struct ConfigConversion: Sendable {
  /// The names that a kind of file can be asked for by.
  public static let kinds = ConfigKind.all.map(\.name)

  /// What people call the trainer.
  public let source: String
  /// Every value of the file, in its order.
  public let lines: [ConvertedLine]
  /// What the file does not say, and what stands for it.
  public let assumptions: [String]
  /// The pipeline file.
  public let text: String
  /// What `anneal check` still finds, besides data and models that are not there.
  public let faults: [String]

  /// Converts a file.
  ///
  /// - Parameters:
  ///   - kind: one of `kinds`; nil to tell it by the keys.
  ///   - model: the model where the file names none.
  ///   - data: the data where the file names none, as the written file is to name it.
  ///   - out: where the written file will stand, which its paths resolve against.
  /// - Throws: `Diagnostics` for a file that cannot be read, or is of no known kind.
  public init(
    path: String, kind: String?, model: String? = nil, data: String? = nil, out: String? = nil
  ) throws {
    let file = try PipelineFile(path: path)
    let leaves = ConfigLeaf.all(of: file.root)
    let kind = try Self.kind(named: kind, of: leaves, path: path)
    var reader = ConfigReader(kind: kind, leaves: leaves, folder: FilePaths.folder(path))
    (reader.pipeline.name, reader.out) = (FilePaths.stem(path), out)
    reader.read()
    reader.complete(model: model, data: data)
    source = kind.title
    lines = reader.lines
    assumptions = reader.assumptions
    let lost = reader.lines.filter(\.isLost)
    var head = ["From \(FilePaths.name(path)) (\(kind.title)) by 'anneal convert'."]
    head += assumptions.map { "Assumed: \($0)." }
    head += lost.map { line in
      guard case .not(let reason) = line.outcome else { return "" }
      return "Not converted: \(line.key): \(line.value) (\(reason))"
    }
    text = try reader.pipeline.text(head: head.map(\.printableInOneLine))
    faults = Self.faults(of: text, at: out ?? FilePaths.join(FilePaths.folder(path), "x.yaml"))
  }

  /// The kind of a file: as asked, or that which knows most of its keys.
  private static func kind(
    named name: String?, of leaves: [ConfigLeaf], path: String
  ) throws -> ConfigKind {
    if let name {
      guard let kind = ConfigKind.all.first(where: { $0.name == name }) else {
        throw Diagnostics([
          Diagnostic(
            "'\(name)' is no kind of config file", place: Place(file: "--from"),
            remedy: Suggestion.remedy(for: name, among: kinds))
        ])
      }
      return kind
    }
    func known(_ kind: ConfigKind) -> Int { leaves.count { kind.rule(of: $0.key) != nil } }
    var best = ConfigKind.all[0]
    for kind in ConfigKind.all where kind.fits(leaves) && known(kind) > known(best) { best = kind }
    guard known(best) > 1 else {
      throw Diagnostics([
        Diagnostic(
          "the keys are of no trainer that is known", place: Place(file: path),
          remedy: "say which with --from: \(kinds.joined(separator: ", "))")
      ])
    }
    return best
  }

  /// What is wrong with the written file, but for what is not on this machine.
  private static func faults(of text: String, at path: String) -> [String] {
    let base = FilePaths.folder(FilePaths.join(FilePaths.current, path))
    do {
      _ = try Planner.plan(PipelineFile(text: text, path: path, base: base))
      return []
    } catch let diagnostics as Diagnostics {
      return diagnostics.list.filter { $0.path != "train.model" }.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  /// The conversion as JSON.
  public var object: JSONObject {
    [
      "source": .string(source), "lines": .array(lines.map(\.json)),
      "assumptions": .array(assumptions.map { .string($0) }),
      "faults": .array(faults.map { .string($0) }), "pipeline": .string(text),
    ]
  }
}

extension String {
  /// The text without what would end a comment: YAML ends lines at U+2028 and U+2029, too.
  fileprivate var printableInOneLine: String {
    let ends: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
    return String(
      unicodeScalars.map { ends.contains($0.properties.generalCategory) ? " " : Character($0) })
  }
}
